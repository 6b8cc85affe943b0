import Diagnostics
import Foundation

/// Studies of Open-i, the chest radiographs of Indiana University.
///
/// Either as tables, `indiana_reports.csv` (uid, findings, impression) and
/// `indiana_projections.csv` (uid, filename, projection), or as one XML file for each report. Images
/// are found by name anywhere below the directory. Studies come in the order of their numbers; one
/// whose findings and impression have fewer than three tokens, or that has no image, is left out.
/// Each study is a patient; without a published split, one in ten is for validation.
public struct OpenISource: StudySource {
  public let studies: [Study]
  /// The number of studies left out for their report.
  public let dropped: Int
  /// The number of studies left out because they name no image.
  public let withoutImages: Int
  private let reports: [String]

  /// One report before its images are looked for.
  struct Entry {
    let number: String
    let report: String
    /// Images as their source names them, with their views.
    let images: [(name: String, view: String)]
  }

  /// Reads tables or XML files.
  ///
  /// - Throws: `Failure(.file)` or `Failure(.input)` that names the table and the line at fault.
  public init(directory: String, seed: UInt64 = 1) throws {
    let root = URL(fileURLWithPath: directory).standardizedFileURL.path
    let tree = try OpenITree(root)
    let entries =
      try OpenITables.isIn(root) ? OpenITables(directory: root).entries : tree.readReports()
    var studies: [Study] = []
    var reports: [String] = []
    var dropped = 0
    var withoutImages = 0
    for entry in entries.sorted(by: { MIMICTables.precedes($0.number, $1.number) }) {
      guard ManifestSource.isLongEnough(entry.report) else {
        dropped += 1
        continue
      }
      guard !entry.images.isEmpty else {
        withoutImages += 1
        continue
      }
      studies.append(
        Study(
          identifier: entry.number, patient: entry.number,
          radiographs: try entry.images.map { image in
            Radiograph(
              file: try tree.image(image.name, ofStudy: studies.count), view: image.view)
          }, split: .train))
      reports.append(entry.report)
    }
    guard !studies.isEmpty else {
      throw Failure(
        .input, "\(directory) has no report of Open-i with findings or impression and images.",
        remedy: "Put its reports (XML files, or both tables) and images into the directory.")
    }
    self.studies = ManifestSource.splitByPatient(studies, seed: seed)
    self.reports = reports
    self.dropped = dropped
    self.withoutImages = withoutImages
  }

  public var notices: [String] {
    withoutImages == 0 ? [] : ["\(withoutImages) studies left out: no image"]
  }

  public func report(of index: Int) throws -> String {
    guard reports.indices.contains(index) else {
      throw Failure(.input, "There is no study \(index); the source has \(reports.count).")
    }
    return reports[index]
  }
}
