import Diagnostics
import Distributed
import Foundation

/// Makes the runs of a plan that have not been made yet, one after the other, on all ranks.
public final class TargetRuns {
  private let plan: TargetPlan
  private let program: String
  private let communicator: Communicator
  private let allowances: [ResumeAllowance]

  public init(
    _ plan: TargetPlan, program: String, communicator: Communicator,
    allowing allowances: [ResumeAllowance] = []
  ) {
    self.plan = plan
    self.program = program
    self.communicator = communicator
    self.allowances = allowances
  }

  /// Returns why it stopped before the last run was done, if it did.
  public func run(timeLimit: TimeLimit?) throws -> StopReason? {
    for trial in plan.trials {
      for run in trial.runs where try !isFinished(run) {
        if let reason = try train(run, timeLimit: timeLimit) { return reason }
      }
      try communicator.together("comparing learning rates") {
        if communicator.rank == 0 { try trial.conclude() }
      }
    }
    return nil
  }

  private func isFinished(_ run: Configuration) throws -> Bool {
    let own = try communicator.together("looking for finished runs") {
      communicator.rank == 0 ? try TargetTrial.result(in: run.output) != nil : false
    }
    return try communicator.broadcast(own ? Int32(1) : 0) == 1
  }

  private func train(_ run: Configuration, timeLimit: TimeLimit?) throws -> StopReason? {
    let isFirst = communicator.rank == 0
    let own = try communicator.together("preparing the run") {
      isFirst
        ? try TargetTrial.start(
          of: run, build: { try .current($0) }, program: program, allowing: allowances) : nil
    }
    guard let start = try RunStart(sharing: own, over: communicator) else { return nil }
    return try TrainingRun(
      start, program: program, communicator: communicator,
      observer: isFirst ? RunLog(configuration: start.configuration) : nil, timeLimit: timeLimit
    ).run()
  }

  /// The results as lines of a table, and over several draws their mean and deviation.
  public func summary() throws -> String {
    let results = try plan.trials.compactMap { try TargetTrial.result(in: $0.output) }
    func text(_ value: Double?) -> String { value.map(LabelValidation.rounded) ?? "none" }
    var lines = results.map {
      "draw \($0.draw): \($0.trainingImages) training images, test AUC \(text($0.testAUC)), "
        + "validation AUC \(text($0.validationAUC)) at step \($0.bestStep), "
        + ($0.learningRate.map { "rate \($0)" } ?? "linear head alone")
    }
    let areas = results.compactMap(\.testAUC)
    if areas.count > 1 {
      let mean = areas.reduce(0, +) / Double(areas.count)
      let spread = areas.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(areas.count - 1)
      lines.append(
        "mean test AUC \(text(mean)), standard deviation \(text(spread.squareRoot())), "
          + "\(areas.count) draws")
    }
    return lines.joined(separator: "\n")
  }
}
