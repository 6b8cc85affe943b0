import Diagnostics

extension NamedPredictions {
  /// Reads what is at a path as ``init(at:)`` does, and of a folder with several draws each of them,
  /// in their order.
  ///
  /// - Throws: `Failure(.input)` also where a draw has not finished.
  public static func runs(at path: String) throws -> [NamedPredictions] {
    guard let plan = try TargetPlan.saved(in: path), plan.draws > 1 else {
      return [try NamedPredictions(at: path)]
    }
    return try plan.trials.map { trial in
      guard try TargetTrial.result(in: trial.output) != nil else {
        throw Failure(
          .input, "The draw of \(trial.output) has not finished.",
          remedy: "Go on with finetune --resume, or name the draws that have finished.")
      }
      return try NamedPredictions(at: trial.output)
    }
  }
}
