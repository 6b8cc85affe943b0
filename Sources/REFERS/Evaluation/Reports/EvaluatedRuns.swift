import Diagnostics
import Foundation

/// Predictions of one run, with what a report calls them.
public struct NamedPredictions: Sendable {
  public let name: String
  public let predictions: Predictions
  /// The same classifier's on the part that thresholds are chosen on.
  public var validation: Predictions?

  public init(name: String, predictions: Predictions, validation: Predictions? = nil) {
    self.name = name
    self.predictions = predictions
    self.validation = validation
  }

  /// Reads what is at a path: a prediction file, the folder of a finished fine-tuning run with
  /// those of its test and validation part, or a folder with a file for each class.
  public init(at path: String) throws {
    let parts = PathName(path)
    name =
      parts.last == Predictions.testFileName && !parts.parent.isEmpty
      ? RunFolder.name(of: parts.parent) : RunFolder.name(of: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      predictions = try Predictions(contentsOf: path)
      return
    }
    let test = path + "/" + Predictions.testFileName
    guard FileManager.default.fileExists(atPath: test) else {
      predictions = try Predictions(directory: path)
      return
    }
    predictions = try Predictions(contentsOf: test)
    let validation = path + "/" + Predictions.validationFileName
    if FileManager.default.fileExists(atPath: validation) {
      self.validation = try Predictions(contentsOf: validation)
    }
  }
}

extension Predictions {
  /// The names of the files in the folder of a fine-tuning run.
  public static let testFileName = "predictions-test.csv"
  public static let validationFileName = "predictions-validation.csv"
}

/// The evaluation of one method's runs, and its comparison with another's.
public struct EvaluatedRuns: Encodable, Sendable {
  public struct Run: Encodable, Sendable {
    public let name: String
    public let evaluation: Evaluation
  }

  public let runs: [Run]
  /// Nil for one run.
  public let repeats: RepeatedEvaluation?
  public let comparison: Comparison?

  /// - Throws: `Failure(.input)` that names the file whose classes, images or labels are not those of
  ///   the first.
  public init(
    _ runs: [NamedPredictions], against others: [NamedPredictions] = [],
    options: EvaluationOptions = EvaluationOptions()
  ) throws {
    guard let first = runs.first else {
      throw Failure(.input, "There is nothing to evaluate.", remedy: "Name prediction files.")
    }
    for run in runs.dropFirst() + others {
      try first.predictions.requireImages(of: run.predictions, run.name)
    }
    comparison =
      others.isEmpty
      ? nil
      : try Comparison(
        runs.map(\.predictions), against: others.map(\.predictions), bootstrap: options.bootstrap)
    self.runs = try runs.map {
      Run(
        name: $0.name,
        evaluation: try Evaluation(
          of: $0.predictions, validation: $0.validation, options: options))
    }
    repeats = runs.count > 1 ? RepeatedEvaluation(self.runs.map(\.evaluation)) : nil
  }

  public var report: ReportText {
    var text = ReportText()
    for run in runs {
      text.heading(
        "\(run.name): "
          + FigureFormat.count(run.evaluation.images, "image"))
      text.append(run.evaluation.report)
    }
    if let repeats {
      text.heading("All runs")
      text.append(repeats.report)
    }
    if let comparison {
      text.heading("Comparison")
      text.append(comparison.report)
    }
    return text
  }
}
