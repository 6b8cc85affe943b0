import Diagnostics
import Foundation

/// Studies of a CSV file of anyone's own.
///
/// Columns: `study_id`, `images` (paths separated by `;`, relative to the root), `report`, which
/// nobody needs who reads no reports; optional `patient_id`, `views` (one for each image, separated by `;`) and `split` (train, val,
/// validate, validation or test). Others are ignored. Without `split`, about one patient in ten is
/// for validation, chosen by a hash of the patient's id and the seed.
///
/// The root is the CSV's folder unless another is named. A path that leaves it, by `..` or as an
/// absolute path elsewhere, is an error; a symbolic link inside it is followed wherever it leads.
///
/// Studies keep the order of the file. Those whose report has fewer than three tokens are left out,
/// where reports are read.
public struct ManifestSource: StudySource {
  public let studies: [Study]
  /// The number of studies left out for their report.
  public let dropped: Int
  public let imageFolder: String
  private let reports: [String]

  /// Reads a manifest.
  ///
  /// - Parameter readsReports: whether reports are wanted; without, all of them are empty.
  /// - Throws: `Failure(.file)` or `Failure(.input)` that names the line at fault.
  public init(path: String, root: String? = nil, readsReports: Bool = true, seed: UInt64 = 1) throws
  {
    let reader = try CSVReader(path: path, name: "The manifest \(path)")
    let columns = try Columns(reader, readsReports: readsReports)
    let folder = ImageRoot(
      root ?? URL(fileURLWithPath: path).deletingLastPathComponent().path)
    imageFolder = folder.path
    var studies: [Study] = []
    var reports: [String] = []
    var dropped = 0
    var lines: [String: Int] = [:]
    while let row = try reader.next() {
      let identifier = row[columns.study].trimmed
      guard !identifier.isEmpty else {
        throw reader.failure("has no study_id.", remedy: "Name each study.")
      }
      if let earlier = lines.updateValue(reader.line, forKey: identifier) {
        throw reader.failure(
          "repeats the study_id of line \(earlier).",
          remedy: "Put all images of a study into one row, separated by semicolons.")
      }
      let study = try columns.study(of: row, identifier, folder, reader)
      let report = columns.report.map { row[$0] }
      guard report.map(Self.isLongEnough) ?? true else {
        dropped += 1
        continue
      }
      studies.append(study)
      reports.append(report ?? "")
    }
    guard !studies.isEmpty else {
      throw Failure(
        .input, "The manifest \(path) lists no study" + (readsReports ? " with a report." : "."),
        remedy: "Each line gives study_id, images"
          + (readsReports ? " and a report of at least three tokens." : "."))
    }
    self.studies =
      columns.split == nil ? PatientSplit.holdingOutATenth(of: studies, seed: seed) : studies
    self.reports = reports
    self.dropped = dropped
  }

  public func report(of index: Int) throws -> String {
    guard reports.indices.contains(index) else {
      throw Failure(.input, "There is no study \(index); the source has \(reports.count).")
    }
    return reports[index]
  }

  /// Whether a report has enough tokens to be used.
  static func isLongEnough(_ report: String) -> Bool {
    var count = 0
    BasicTokenizer().forEachWord(in: report) { _ in
      count += 1
      return count < minimumReportTokens
    }
    return count >= minimumReportTokens
  }
}

/// Where the manifest's columns stand.
private struct Columns {
  let study: Int
  let images: Int
  /// Nil where no reports are read.
  let report: Int?
  let patient: Int?
  let views: Int?
  let split: Int?

  init(_ reader: CSVReader, readsReports: Bool) throws {
    study = try reader.requiredColumn("study_id")
    images = try reader.requiredColumn("images")
    report = readsReports ? try reader.requiredColumn("report") : nil
    patient = reader.column("patient_id")
    views = reader.column("views")
    split = reader.column("split")
  }

  func study(
    of row: [String], _ identifier: String, _ folder: ImageRoot, _ reader: CSVReader
  ) throws -> Study {
    let files = row[images].components(separatedBy: ";").map(\.trimmed)
    guard files != [""] else {
      throw reader.failure("has no images.", remedy: "Give at least one path in column images.")
    }
    guard !files.contains("") else {
      throw reader.failure(
        "has an empty path among its images.", remedy: "Put one semicolon between two paths.")
    }
    let views = try views(of: row, count: files.count, reader)
    let radiographs = try zip(files, views).map { file, view in
      guard let path = folder.path(of: file) else {
        throw reader.failure(
          "names an image outside of the folder that images are in.",
          remedy: "Name that folder as data.root (`prepare --root`); paths are relative to it.")
      }
      return Radiograph(file: path, view: view)
    }
    let patient = patient.map { row[$0].trimmed } ?? ""
    return Study(
      identifier: identifier, patient: patient.isEmpty ? identifier : patient,
      radiographs: radiographs, split: try split(of: row, reader),
      place: "line \(reader.line) of the manifest")
  }

  private func views(
    of row: [String], count: Int, _ reader: CSVReader
  ) throws -> [String] {
    guard let views, !row[views].trimmed.isEmpty else { return Array(repeating: "", count: count) }
    let names = row[views].components(separatedBy: ";").map(\.trimmed)
    guard names.count == count else {
      throw reader.failure(
        "has \(names.count) views for \(count) image\(count == 1 ? "" : "s").",
        remedy: "Give one view for each image, separated by semicolons, or none.")
    }
    return names
  }

  private func split(of row: [String], _ reader: CSVReader) throws -> StudySplit {
    guard let split else { return .train }
    guard let part = StudySplit(name: row[split].trimmed) else {
      throw reader.failure(
        "has a split of another name than train, val, validate, validation or test.",
        remedy: "Use one of these, or leave the column out to have patients split by the seed.")
    }
    return part
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
