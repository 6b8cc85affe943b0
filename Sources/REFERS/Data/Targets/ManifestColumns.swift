import Diagnostics
import Foundation

/// Where the columns of a manifest of labelled images stand, labels aside.
struct ManifestColumns {
  /// The names that a column of images may have, the first that is there being taken; `images` may
  /// hold several paths, separated by `;`.
  static let imageNames = ["image", "path", "image_path", "file", "filename", "images"]
  private static let patientNames = ["patient_id", "patientid", "patient", "subject_id"]
  private static let privateNames: Set = [
    "study_id", "name", "patient_name", "patientname", "first_name", "last_name", "surname",
    "report", "reports", "findings", "impression", "indication", "history", "text", "note", "notes",
    "clinical_notes",
  ]

  private let image: Int
  private let patient: Int?
  private let study: Int?
  private let split: Int?
  private let view: Int?

  init(_ reader: CSVReader) throws {
    image = try Self.image(in: reader, of: "The manifest")
    patient = Self.first(Self.patientNames, in: reader)
    study = reader.column("study_id")
    split = reader.column("split")
    view = Self.first(["view", "views"], in: reader)
  }

  /// Whether a column is no label by its name.
  static func isOther(_ column: String) -> Bool {
    let name = column.lowercased()
    return name.isEmpty || name == "split"
      || ["patient", "subject", "study", "view", "image", "path", "file"]
        .contains { name.hasPrefix($0) }
  }

  /// Whether a column cannot be a label: its values may be names of patients, or reports.
  static func isPrivate(_ column: String) -> Bool {
    let name = column.lowercased()
    return imageNames.contains(name) || patientNames.contains(name) || privateNames.contains(name)
  }

  /// The place of the column of images.
  static func image(in reader: CSVReader, of table: String) throws -> Int {
    guard let image = first(imageNames, in: reader) else {
      throw Failure(
        .input, "\(table) has no column image.",
        remedy: "Name the column of the images' paths image (or "
          + "\(imageNames.dropFirst().joined(separator: ", "))) in line 1.")
    }
    return image
  }

  /// The paths in a field of a column of images; none where one of them is empty.
  static func paths(in field: String, ofColumn column: String) -> [String] {
    let names = column == "images" ? field.components(separatedBy: ";") : [field]
    let paths = names.map(\.trimmed)
    return paths.contains("") ? [] : paths
  }

  private static func first(_ names: [String], in reader: CSVReader) -> Int? {
    names.lazy.compactMap { reader.column($0) }.first
  }

  /// The images of one line, all with its labels.
  func rows(
    _ line: TableLines.Line, of table: TableLines, _ root: ImageRoot, _ labels: [Float],
    withSplit: Bool
  ) throws -> [LabelTable.Row] {
    let names = Self.paths(in: line.fields[image], ofColumn: table.header[image])
    guard !names.isEmpty else {
      throw table.failure(
        line, "has no image, or an empty path.", remedy: "Give the path of a file.")
    }
    let views = view.map { line.fields[$0].components(separatedBy: ";").map(\.trimmed) } ?? []
    let owner = [patient, study].lazy.compactMap { $0.map { line.fields[$0].trimmed } }
      .first { !$0.isEmpty }
    let split = withSplit ? try part(of: line, table) : nil
    return try names.enumerated().map { number, name in
      guard let file = root.path(of: name) else {
        throw table.failure(
          line, "names an image outside of the folder that images are in.",
          remedy: "Name that folder with --images; paths are relative to it.")
      }
      let view = views.count == names.count ? views[number] : views.count == 1 ? views[0] : ""
      return LabelTable.Row(
        identifier: name, patient: owner ?? names[0],
        radiograph: Radiograph(file: file, view: view), split: split,
        place: "line \(line.number) of the manifest", labels: labels)
    }
  }

  private func part(of line: TableLines.Line, _ table: TableLines) throws -> StudySplit? {
    guard let split, !line.fields[split].trimmed.isEmpty else { return nil }
    guard let part = StudySplit(name: line.fields[split].trimmed) else {
      throw table.failure(
        line, "has a split of another name than train, val, validate, validation or test.",
        remedy: "Use one of these, or have patients divided with --splits patient.")
    }
    return part
  }
}
