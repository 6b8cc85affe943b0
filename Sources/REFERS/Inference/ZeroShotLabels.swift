import Diagnostics

/// Known labels of studies, for the classes that sentences describe.
public struct ZeroShotLabels: Sendable {
  private let known: StudyLabels
  /// The place of each class among the columns.
  private let places: [Int]

  /// Reads a CSV with `study_id` and a column for each class, or the CheXpert table of a folder;
  /// what is uncertain there is not known.
  ///
  /// - Throws: `Failure(.configuration)` with the nearest column for a class that has none,
  ///   `Failure(.input)` where none of the studies has labels.
  public init(
    contentsOf path: String, classes: [String], studies: [Int], in source: any StudySource
  ) throws {
    let known = try StudyLabels(path: path, options: Configuration.Target())
    places = try classes.map { name in
      guard let place = known.classes.firstIndex(of: name) else {
        throw LabelTable.missing(name, among: known.classes, what: "column of labels for the class")
      }
      return place
    }
    guard studies.contains(where: { known.labels[source.study($0).identifier] != nil }) else {
      throw StudyLabels.noneKnown(of: studies.count)
    }
    self.known = known
  }

  /// The labels of studies, studies x classes; NaN where a study has none.
  public func rows(of studies: [Int], in source: any StudySource) -> [Float] {
    studies.flatMap { study in
      let row = known.labels[source.study(study).identifier]
      return places.map { row?[$0] ?? .nan }
    }
  }
}

extension ZeroShot {
  /// Writes `study,study_id,<class>…`, one study a line, for its owner alone.
  public func write(_ studies: [Int], of source: any StudySource, to path: String) throws {
    var text = (["study", "study_id"] + classes).map(\.asCSVField).joined(separator: ",") + "\n"
    for (row, study) in studies.enumerated() {
      text += "\(study),\(source.study(study).identifier.asCSVField)"
      for value in scores[row * classes.count..<(row + 1) * classes.count] { text += ",\(value)" }
      text += "\n"
    }
    try PrivateFile.write(Array(text.utf8), to: path)
  }
}
