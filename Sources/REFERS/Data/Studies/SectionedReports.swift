import Diagnostics
import Foundation

/// `mimic_cxr_sectioned.csv`, the sections of all reports as the publisher's script cuts them.
///
/// Columns study (`s50414267`), findings, impression, and last_paragraph, which is taken where both
/// are empty; others are ignored.
struct SectionedReports {
  private let reports: [String: String]

  /// The table of a directory, plain or `.gz`; nil where there is none.
  init?(directory: String) throws {
    let paths = ["", ".gz"].map { "\(directory)/mimic_cxr_sectioned.csv\($0)" }
    guard let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      return nil
    }
    let reader = try CSVReader(path: path, name: "The table of sections")
    let study = try reader.requiredColumn("study")
    let findings = try reader.requiredColumn("findings")
    let impression = try reader.requiredColumn("impression")
    let last = reader.column("last_paragraph")
    var reports: [String: String] = [:]
    while let row = try reader.next() {
      let name = row[study].trimmed
      let number = name.hasPrefix("s") ? String(name.dropFirst()) : name
      guard !number.isEmpty else {
        throw reader.failure("names no study.", remedy: "Take the table as published.")
      }
      var report = ReportSections.squeezed([row[findings], row[impression]])
      if report.isEmpty, let last { report = ReportSections.squeezed([row[last]]) }
      guard reports.updateValue(report, forKey: number) == nil else {
        throw reader.failure("repeats a study.", remedy: "List each study once.")
      }
    }
    self.reports = reports
  }

  /// Findings and impression; nil for a study that the table lacks.
  func report(ofStudy study: String) -> String? { reports[study] }
}
