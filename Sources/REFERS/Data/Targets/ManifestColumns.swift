import Diagnostics
import Foundation

/// Where the columns of a manifest of labelled images stand, labels aside.
struct ManifestColumns {
  private static let imageNames = ["image", "path", "image_path", "file", "filename", "images"]
  private static let patientNames = ["patient_id", "patientid", "patient", "subject_id"]

  private let image: Int
  private let patient: Int?
  private let study: Int?
  private let split: Int?
  private let view: Int?

  init(_ reader: CSVReader) throws {
    guard let image = Self.first(Self.imageNames, in: reader) else {
      throw Failure(
        .input, "The manifest has no column image.",
        remedy: "Name the column of the images' paths image (or path, file, filename).")
    }
    self.image = image
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

  private static func first(_ names: [String], in reader: CSVReader) -> Int? {
    names.lazy.compactMap { reader.column($0) }.first
  }

  /// One line with its labels.
  func row(
    _ line: TableLines.Line, of table: TableLines, _ root: ImageRoot, _ labels: [Float],
    withSplit: Bool
  ) throws -> LabelTable.Row {
    let name = line.fields[image].trimmed
    guard !name.isEmpty else {
      throw table.failure(line, "has no image.", remedy: "Give the path of a file.")
    }
    guard let file = root.path(of: name) else {
      throw table.failure(
        line, "names an image outside of the folder that images are in.",
        remedy: "Name that folder as target.images; paths are relative to it.")
    }
    let owner = [patient, study].lazy.compactMap { $0.map { line.fields[$0].trimmed } }
      .first { !$0.isEmpty }
    return LabelTable.Row(
      identifier: name, patient: owner ?? name,
      radiograph: Radiograph(file: file, view: view.map { line.fields[$0].trimmed } ?? ""),
      split: withSplit ? try part(of: line, table) : nil,
      place: "line \(line.number) of the manifest",
      labels: labels)
  }

  private func part(of line: TableLines.Line, _ table: TableLines) throws -> StudySplit? {
    guard let split, !line.fields[split].trimmed.isEmpty else { return nil }
    guard let part = StudySplit(name: line.fields[split].trimmed) else {
      throw table.failure(
        line, "has a split of another name than train, val, validate, validation or test.",
        remedy: "Use one of these, or have patients divided with target.splits=patient.")
    }
    return part
  }
}
