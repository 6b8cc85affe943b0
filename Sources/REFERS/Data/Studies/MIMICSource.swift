import Diagnostics
import Foundation

/// Studies of a directory in the layout of MIMIC-CXR-JPG.
///
/// Needs the metadata and split tables (`mimic-cxr-*-metadata.csv`, `-split.csv`, plain or
/// `.csv.gz`; columns are found by name), images `files/p10/p10000032/s50414267/<dicom_id>.jpg` and
/// reports `files/p10/p10000032/s50414267.txt`. Label tables are not read. Studies come in the order
/// of patient and study numbers; one whose report is missing or whose findings and impression have
/// fewer than three tokens is left out (REFERS sec. 7.1).
public struct MIMICSource: StudySource {
  public let studies: [Study]
  /// The number of studies left out for their report.
  public let dropped: Int
  private let reportFiles: [String]

  /// Reads the tables and looks at every report; `reports` is the root of the report tree where it
  /// is not the directory itself.
  ///
  /// - Throws: `Failure(.file)` or `Failure(.input)` that names the table and the line at fault.
  public init(directory: String, reports: String? = nil) throws {
    let root = URL(fileURLWithPath: directory).standardizedFileURL.path
    let reportRoot = reports.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? root
    let tables = try MIMICTables(directory: root)
    var studies: [Study] = []
    var files: [String] = []
    var dropped = 0
    for row in tables.studies {
      let folder = "/files/p\(row.subject.prefix(2))/p\(row.subject)/s\(row.study)"
      let file = reportRoot + folder + ".txt"
      let index = studies.count
      guard
        let report = try Self.report(in: file, index: index, mayBeMissing: true),
        ManifestSource.isLongEnough(report)
      else {
        dropped += 1
        continue
      }
      studies.append(
        Study(
          identifier: row.study, patient: row.subject,
          radiographs: row.images.map {
            Radiograph(file: "\(root)\(folder)/\($0.name).jpg", view: $0.view)
          }, split: row.split))
      files.append(file)
    }
    guard !studies.isEmpty else {
      throw Failure(
        .input, "None of the \(dropped) studies of \(directory) has a usable report.",
        remedy: "Put the report tree (files/p10/...) into the directory.")
    }
    self.studies = studies
    self.dropped = dropped
    self.reportFiles = files
  }

  public func report(of index: Int) throws -> String {
    guard reportFiles.indices.contains(index) else {
      throw Failure(.input, "There is no study \(index); the source has \(reportFiles.count).")
    }
    return try Self.report(in: reportFiles[index], index: index, mayBeMissing: false) ?? ""
  }

  /// Findings and impression of a report file; nil where it is missing and may be.
  private static func report(
    in file: String, index: Int, mayBeMissing: Bool
  ) throws -> String? {
    if mayBeMissing, access(file, F_OK) != 0, errno == ENOENT { return nil }
    do {
      let bytes = try ImageFile.read(file, what: "report", limit: 1 << 24)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure(.input, "The report is not UTF-8 text.", remedy: "Save the file as UTF-8.")
      }
      return ReportSections.findingsAndImpression(of: text)
    } catch let failure as Failure {
      throw failure.within("study \(index)")
    }
  }
}
