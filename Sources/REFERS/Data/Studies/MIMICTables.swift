import Diagnostics
import Foundation

/// The metadata and split tables of MIMIC-CXR-JPG, joined and grouped by study.
struct MIMICTables {
  /// One image: its `dicom_id` and view.
  struct Image {
    let name: String
    let view: String
  }

  /// One study with its images in the order of the metadata.
  struct Row {
    let subject: String
    let study: String
    let split: StudySplit
    var images: [Image]
  }

  /// The studies by patient and study number, ascending.
  let studies: [Row]

  init(directory: String) throws {
    let names = try Self.list(directory)
    let splits = try Self.splits(
      Self.table("split", among: names, in: directory), name: "The split table")
    let reader = try CSVReader(
      path: Self.table("metadata", among: names, in: directory), name: "The metadata table")
    let image = try reader.requiredColumn("dicom_id")
    let subject = try reader.requiredColumn("subject_id")
    let study = try reader.requiredColumn("study_id")
    let view = reader.column("ViewPosition")
    var rows: [Row] = []
    var places: [String: Int] = [:]
    var seen: Set<String> = []
    while let row = try reader.next() {
      guard Self.isName(row[image]), Self.isName(row[subject]), Self.isName(row[study]) else {
        throw reader.failure(
          "has an id that is empty or no file name.", remedy: "Take the table as published.")
      }
      guard seen.insert(row[image]).inserted else {
        throw reader.failure("repeats a dicom_id.", remedy: "List each image once.")
      }
      guard let split = splits[row[image]] else {
        throw reader.failure(
          "lists an image that the split table lacks.", remedy: "Use tables of one release.")
      }
      let entry = Image(name: row[image], view: view.map { row[$0].trimmed } ?? "")
      let key = row[subject] + "/" + row[study]
      guard let place = places[key] else {
        places[key] = rows.count
        rows.append(Row(subject: row[subject], study: row[study], split: split, images: [entry]))
        continue
      }
      guard rows[place].split == split else {
        throw reader.failure(
          "puts a study into two splits.", remedy: "Give all images of a study one split.")
      }
      rows[place].images.append(entry)
    }
    studies = rows.sorted {
      $0.subject == $1.subject
        ? Self.precedes($0.study, $1.study) : Self.precedes($0.subject, $1.subject)
    }
  }

  /// The order of numbers written without leading zeros.
  static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count
      ? a.utf8.lexicographicallyPrecedes(b.utf8) : a.utf8.count < b.utf8.count
  }

  private static func splits(_ path: String, name: String) throws -> [String: StudySplit] {
    let reader = try CSVReader(path: path, name: name)
    let image = try reader.requiredColumn("dicom_id")
    let split = try reader.requiredColumn("split")
    var splits: [String: StudySplit] = [:]
    while let row = try reader.next() {
      guard let part = StudySplit(name: row[split].trimmed) else {
        throw reader.failure(
          "has a split of another name than train, validate or test.",
          remedy: "Take the table as published.")
      }
      guard splits.updateValue(part, forKey: row[image]) == nil else {
        throw reader.failure("repeats a dicom_id.", remedy: "List each image once.")
      }
    }
    return splits
  }

  private static func list(_ directory: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory).sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    } catch {
      throw Failure(
        .file, "The directory \(directory) cannot be read.",
        remedy: "Give a directory in the layout of MIMIC-CXR-JPG.", cause: error)
    }
  }

  /// The path of the one table of a kind, such as split.
  static func table(_ kind: String, in directory: String) throws -> String {
    try table(kind, among: list(directory), in: directory)
  }

  /// The one table of a kind, plain rather than packed where both are there.
  private static func table(
    _ kind: String, among names: [String], in directory: String
  ) throws -> String {
    for ending in ["-\(kind).csv", "-\(kind).csv.gz"] {
      let found = names.filter { $0.hasPrefix("mimic-cxr-") && $0.hasSuffix(ending) }
      if found.count > 1 {
        throw Failure(
          .input, "\(directory) has \(found.count) tables mimic-cxr-*\(ending).",
          remedy: "Keep the one of the release the images are of.")
      }
      if let name = found.first { return directory + "/" + name }
    }
    throw Failure(
      .file, "\(directory) has no table mimic-cxr-*-\(kind).csv or .csv.gz.",
      remedy: "Give a directory in the layout of MIMIC-CXR-JPG; `synthesize` writes one.")
  }

  /// Whether an id can be part of a path without leaving its folder.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && !text.contains("/") && !text.hasPrefix(".")
  }
}
