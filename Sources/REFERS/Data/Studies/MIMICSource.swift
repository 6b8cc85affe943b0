import Diagnostics
import Foundation

/// Studies of a directory in the layout of MIMIC-CXR-JPG.
///
/// Needs the metadata and split tables (`mimic-cxr-*-metadata.csv`, `-split.csv`, plain or
/// `.csv.gz`; columns are found by name), images `files/p10/p10000032/s50414267/<dicom_id>.jpg` and
/// either `mimic_cxr_sectioned.csv`, plain or `.csv.gz`, or reports
/// `files/p10/p10000032/s50414267.txt`. Label tables are not read. Studies come in the order of
/// patient and study numbers; one whose report is missing or whose findings and impression have
/// fewer than three tokens is left out (REFERS sec. 7.1).
public struct MIMICSource: StudySource {
  public let studies: [Study]
  /// The number of studies left out for their report.
  public let dropped: Int
  /// The number of those that have no report at all.
  public let missingReports: Int
  public let notices: [String]
  public let imageFolder: String
  private let reports: Reports

  private enum Reports {
    case none
    case files([String])
    case texts([String])
  }

  /// Reads the tables and looks at every report; `reports` is the root of the report tree where it
  /// is not the directory itself.
  ///
  /// - Parameter readsReports: whether reports are wanted; without, none is looked at, and no study
  ///   is left out for its own.
  /// - Throws: `Failure(.file)` or `Failure(.input)` that names the table and the line at fault.
  public init(directory: String, reports: String? = nil, readsReports: Bool = true) throws {
    let root = URL(fileURLWithPath: directory).standardizedFileURL.path
    let reportRoot = reports.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? root
    let tables = try MIMICTables(directory: root)
    let sections = readsReports ? try SectionedReports(directory: reportRoot) : nil
    var studies: [Study] = []
    var files: [String] = []
    var texts: [String] = []
    var dropped = 0
    var missing = 0
    var latin1 = 0
    for row in tables.studies {
      let folder = "/files/p\(row.subject.prefix(2))/p\(row.subject)/s\(row.study)"
      let file = reportRoot + folder + ".txt"
      let report: String?
      if !readsReports {
        report = nil
      } else if let sections {
        report = sections.report(ofStudy: row.study)
      } else {
        let read = try Self.report(in: file, index: studies.count, mayBeMissing: true)
        report = read?.text
        if read?.isLatin1 == true { latin1 += 1 }
      }
      guard !readsReports || report.map(ManifestSource.isLongEnough) ?? false else {
        dropped += 1
        if report == nil { missing += 1 }
        continue
      }
      studies.append(
        Study(
          identifier: row.study, patient: row.subject,
          radiographs: row.images.map {
            Radiograph(file: "\(root)\(folder)/\($0.name).jpg", view: $0.view)
          }, split: row.split))
      if sections == nil { files.append(file) } else { texts.append(report ?? "") }
    }
    guard !studies.isEmpty else {
      throw Failure(
        .input, "None of the \(dropped) studies of \(directory) has a usable report.",
        remedy: "Put the report tree (files/p10/...) or mimic_cxr_sectioned.csv into it.")
    }
    self.studies = studies
    self.dropped = dropped
    missingReports = missing
    let are = latin1 == 1 ? "report is not UTF-8 and was" : "reports are not UTF-8 and were"
    notices = latin1 == 0 ? [] : ["\(latin1) \(are) read as Latin-1"]
    imageFolder = root
    self.reports = !readsReports ? .none : sections == nil ? .files(files) : .texts(texts)
  }

  public var leftOut: [LeftOut] {
    [
      LeftOut("no report", missingReports),
      LeftOut(
        "a report of fewer than \(minimumReportTokens) tokens", dropped - missingReports),
    ]
  }

  public func report(of index: Int) throws -> String {
    guard studies.indices.contains(index) else {
      throw Failure(.input, "There is no study \(index); the source has \(studies.count).")
    }
    switch reports {
    case .none: return ""
    case .texts(let texts): return texts[index]
    case .files(let files):
      return try Self.report(in: files[index], index: index, mayBeMissing: false)?.text ?? ""
    }
  }

  /// Findings and impression of a report file; nil where it is missing and may be.
  private static func report(
    in file: String, index: Int, mayBeMissing: Bool
  ) throws -> (text: String, isLatin1: Bool)? {
    if mayBeMissing, access(file, F_OK) != 0, errno == ENOENT { return nil }
    do {
      let report = try ReportFile(path: file)
      return (ReportSections.findingsAndImpression(of: report.text), report.isLatin1)
    } catch let failure as Failure {
      throw failure.within("study \(index)")
    }
  }
}
