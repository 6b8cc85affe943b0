import Diagnostics
import Foundation

/// What `refers-mpi prepare` has found in a set of studies: counts only, neither text nor names.
public struct PreparationReport: Codable, Equatable, Sendable {
  /// A bar of a histogram.
  public struct Bar: Codable, Equatable, Sendable {
    public let name: String
    public let count: Int
  }

  /// One split, as it is in the store.
  public struct Part: Codable, Equatable, Sendable {
    public let split: String
    public var studies = 0
    public var images = 0
    public var patients = 0
  }

  /// Things that occur more than once.
  public struct Duplicates: Codable, Equatable, Sendable {
    /// Different things that occur more than once.
    public var groups = 0
    /// Occurrences after the first.
    public var repeats = 0
    /// Repeats in a study of another patient than the first's.
    public var acrossPatients = 0
    /// Repeats in another split than the first's.
    public var acrossSplits = 0
  }

  /// The side of the images of the store.
  public let size: Int
  /// Studies of the source, those that it leaves out included.
  public let studiesFound: Int
  /// Studies of the store that a run can use.
  public let studies: Int
  /// Images listed for studies with a report, and those of them that are in the store.
  public let imagesFound: Int
  public let images: Int
  public let patients: Int
  public let parts: [Part]
  /// Why studies were left out.
  public let studiesDropped: [Bar]
  /// Why images were left out.
  public let imagesDropped: [Bar]
  public let radiographsPerStudy: [Bar]
  public let views: [Bar]
  /// Words and punctuation marks of a report.
  public let reportLengths: [Bar]
  public let reportLengthMedian: Int
  public let reportLengthMean: Double
  public let reportLengthMost: Int
  public let duplicateImages: Duplicates
  public let duplicateReports: Duplicates
  /// Patients with studies in more than one split.
  public let patientsAcrossSplits: Int

  /// Reads `report.json` of a store.
  init(contentsOf path: String) throws {
    let bytes = try ImageFile.read(path, what: "report.json", limit: 1 << 24)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(PreparationReport.self, from: Data(bytes))
    } catch {
      throw Failure(
        .file, "\(path) is no report of a store.", remedy: "It is damaged; prepare the data anew.",
        cause: error)
    }
  }

  init(
    size: Int, studiesFound: Int, studies: Int, imagesFound: Int, images: Int, patients: Int,
    parts: [Part], studiesDropped: [Bar], imagesDropped: [Bar], radiographsPerStudy: [Bar],
    views: [Bar], reportLengths: [Bar], lengths: [Int], duplicateImages: Duplicates,
    duplicateReports: Duplicates, patientsAcrossSplits: Int
  ) {
    self.size = size
    self.studiesFound = studiesFound
    self.studies = studies
    self.imagesFound = imagesFound
    self.images = images
    self.patients = patients
    self.parts = parts
    self.studiesDropped = studiesDropped
    self.imagesDropped = imagesDropped
    self.radiographsPerStudy = radiographsPerStudy
    self.views = views
    self.reportLengths = reportLengths
    reportLengthMedian = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
    let mean = Double(lengths.reduce(0, +)) / Double(max(1, lengths.count))
    reportLengthMean = (mean * 10).rounded() / 10
    reportLengthMost = lengths.last ?? 0
    self.duplicateImages = duplicateImages
    self.duplicateReports = duplicateReports
    self.patientsAcrossSplits = patientsAcrossSplits
  }
}
