import Diagnostics

/// Known labels of studies, for the classes that sentences describe.
public struct ZeroShotLabels: Sendable {
  private let known: StudyLabels

  /// Reads a CSV with `study_id` and a column for each class, or the CheXpert table of a folder;
  /// what is uncertain there is not known.
  public init(contentsOf path: String) throws {
    known = try StudyLabels(path: path, options: Configuration.Target())
  }

  /// The labels of studies, studies x classes; NaN where a class or a study has none.
  public func rows(
    of studies: [Int], in source: any StudySource, classes: [String]
  ) -> [Float] {
    let places = classes.map { known.classes.firstIndex(of: $0) }
    return studies.flatMap { study in
      let row = known.labels[source.study(study).identifier]
      return places.map { place in place.flatMap { row?[$0] } ?? .nan }
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
