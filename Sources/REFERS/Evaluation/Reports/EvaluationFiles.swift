import Diagnostics
import Foundation

/// Writes what an evaluation has found, for its owner alone.
public enum EvaluationFiles {
  /// Replaces the file at one instant.
  public static func write(_ text: String, to path: String) throws {
    try PrivateFile.write(Array(text.utf8), to: path)
  }

  /// JSON with sorted keys in snake_case.
  public static func write(json value: some Encodable, to path: String) throws {
    try PrivateFile.write(orderedJSON(value), to: path)
  }

  /// Writes roc.svg into a folder, which is made where it is missing.
  ///
  /// - Returns: the path; nil where no class has a curve.
  public static func writeCurves(
    of runs: [NamedPredictions], into directory: String
  ) throws -> String? {
    guard let figure = ROCFigure.svg(runs.map { ($0.name, $0.predictions) }) else { return nil }
    try Folder.create(directory)
    let path = directory + "/roc.svg"
    try write(figure, to: path)
    return path
  }

  /// Writes label-ratio-TARGET.svg for each target into a folder, which is made where it is missing.
  ///
  /// - Returns: the paths.
  public static func writeLabelRatios(
    of experiment: Experiment, into directory: String
  ) throws -> [String] {
    try Folder.create(directory)
    var names: Set<String> = []
    return try experiment.targets.compactMap { target in
      guard let figure = LabelRatioFigure.svg(target) else { return nil }
      let plain = target.name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
      var name = "label-ratio-" + String(plain)
      while !names.insert(name).inserted { name += "-2" }
      let path = directory + "/\(name).svg"
      try write(figure, to: path)
      return path
    }
  }
}
