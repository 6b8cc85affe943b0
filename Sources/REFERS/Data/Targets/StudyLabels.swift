import Diagnostics
import Foundation

/// Labels of whole studies, from which each of their radiographs gets the same (REFERS sec. 9.6).
public struct StudyLabels: Sendable {
  public let classes: [String]
  let task: LabelTask
  let labels: [String: [Float]]
  let notices: [String]

  /// Reads the CheXpert labels of a tree of MIMIC-CXR-JPG, or a CSV with a column `study_id`.
  ///
  /// A folder has `mimic-cxr-*-chexpert.csv`, plain or `.csv.gz`, with 14 classes; a blank there is
  /// a finding that the report does not mention, and is taken as negative (Irvin et al., 2019). In
  /// a CSV named itself a blank is not known. `options.columns`, `only` and `uncertain` are as for
  /// the labels of a target.
  ///
  /// - Throws: `Failure` that names the table and the line at fault.
  public init(path: String, options: Configuration.Target) throws {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let isTree = isThere && isFolder.boolValue
    let file = isTree ? try MIMICTables.table("chexpert", in: path) : path
    let name = isTree ? "CheXpert table" : "table of study labels"
    let reader = try CSVReader(path: file, name: "The \(name)")
    let study = try reader.requiredColumn("study_id")
    let table = try TableLines(reader, name: "the \(name)", only: options.only)
    let found = try LabelColumns(
      LabelTable.names(in: options.columns), of: table, uncertain: options.uncertain,
      blank: isTree ? 0 : .nan)
    (classes, task, notices) = (found.classes, found.task, found.notices)
    var labels: [String: [Float]] = [:]
    for (line, row) in zip(table.lines, found.rows) {
      guard labels.updateValue(row, forKey: line.fields[study].trimmed) == nil else {
        throw table.failure(line, "repeats a study_id.", remedy: "Give each study one line.")
      }
    }
    self.labels = labels
  }

  /// The failure about studies of which the labels tell nothing.
  static func noneKnown(of count: Int) -> Failure {
    Failure(
      .input, "None of the \(count) studies has labels.",
      remedy: "Take the labels of these studies, by their study_id; a store does not name its "
        + "studies, so give the folder or the manifest that it was made from.")
  }
}

extension LabeledSet {
  /// Each radiograph of a source alone, with the labels of its study and the study's part.
  ///
  /// Studies without a label that is known are left out; the notices count them.
  ///
  /// - Throws: `Failure(.input)` where no study has labels, as where the source does not name its
  ///   studies.
  public init(flattening source: any StudySource, labels: StudyLabels) throws {
    self = LabeledSet(try LabelTable(flattening: source, labels: labels))
  }
}

extension LabelTable {
  /// As ``LabeledSet/init(flattening:labels:)``, before images are divided.
  init(flattening source: any StudySource, labels: StudyLabels) throws {
    self.init(
      name: "studies", task: labels.task, classes: labels.classes, rows: [],
      notices: source.notices + labels.notices)
    var without = 0
    for index in 0..<source.count {
      let study = source.study(index)
      guard let row = labels.labels[study.identifier], !row.allSatisfy(\.isNaN) else {
        without += 1
        continue
      }
      for (number, radiograph) in study.radiographs.enumerated() {
        rows.append(
          Row(
            identifier: "\(study.identifier)/\(number + 1)", patient: study.patient,
            radiograph: radiograph, split: study.split, place: study.place, labels: row))
      }
    }
    guard !rows.isEmpty else {
      throw StudyLabels.noneKnown(of: source.count)
    }
    if without > 0 {
      notices.append(
        "\(without) of \(source.count) studies left out: no label is known")
    }
  }
}
