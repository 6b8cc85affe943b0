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
  public let imageFolder: String
  private let reports: [String]

  /// One report before its images are looked for.
  package struct Entry {
    package let number: String
    package let report: String
    /// Images as their source names them, with their views.
    package let images: [(name: String, view: String)]
  }

  /// The report of one XML file.
  ///
  /// - Throws: `Failure(.input)` where it is no whole XML or has no number.
  package static func entry(xml bytes: [UInt8]) throws -> Entry { try OpenIReport.read(bytes) }

  /// Reads tables or XML files.
  ///
  /// - Parameter readsReports: whether reports are wanted; without, no study is left out for its own.
  /// - Throws: `Failure(.file)` or `Failure(.input)` that names the table and the line at fault.
  public init(directory: String, readsReports: Bool = true, seed: UInt64 = 1) throws {
    let root = URL(fileURLWithPath: directory).standardizedFileURL.path
    let tree = try OpenITree(root)
    let entries =
      try OpenITables.isIn(root) ? OpenITables(directory: root).entries : tree.readReports()
    var studies: [Study] = []
    var reports: [String] = []
    var dropped = 0
    var withoutImages = 0
    var missing = MissingImages()
    for entry in entries.sorted(by: { MIMICTables.precedes($0.number, $1.number) }) {
      guard !readsReports || ManifestSource.isLongEnough(entry.report) else {
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
          radiographs: try entry.images.enumerated().map { number, image in
            let file = try tree.image(image.name, ofStudy: studies.count)
            if file == nil { missing.add(number, ofStudy: studies.count) }
            return Radiograph(file: file ?? "", view: image.view)
          }, split: .train))
      reports.append(entry.report)
    }
    if let failure = missing.failure(
      "in no folder of the directory", remedy: "Unpack all images of Open-i into the directory.")
    {
      throw failure
    }
    guard !studies.isEmpty else {
      throw Failure(
        .input, "\(directory) has no report of Open-i with findings or impression and images.",
        remedy: "Put its reports (XML files, or both tables) and images into the directory.")
    }
    self.studies = PatientSplit.holdingOutATenth(of: studies, seed: seed)
    imageFolder = root
    self.reports = reports
    self.dropped = dropped
    self.withoutImages = withoutImages
  }

  public var leftOut: [LeftOut] {
    [
      LeftOut("no report of at least \(minimumReportTokens) tokens", dropped),
      LeftOut("no image in its table or XML file", withoutImages),
    ]
  }

  public func report(of index: Int) throws -> String {
    guard reports.indices.contains(index) else {
      throw Failure(.input, "There is no study \(index); the source has \(reports.count).")
    }
    return reports[index]
  }
}
