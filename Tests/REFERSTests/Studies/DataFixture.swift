import Diagnostics
import Foundation
import REFERS
import XCTest

/// A folder of made-up data that lives as long as a test.
final class DataFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("data-" + UUID().uuidString).standardized.path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders it stands in, and returns its path.
  @discardableResult
  func write(_ data: Data, to name: String) throws -> String {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
    return file.path
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }
}

/// The committed fixtures.
enum DataFixtures {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  static func decode<Value: Decodable>(_ type: Value.Type, from name: String) throws -> Value {
    try JSONDecoder().decode(
      type, from: Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
  }

  static func image(_ name: String) -> String { folder + "/images/" + name }
}

/// Studies made up in memory.
struct ListedStudies: StudySource {
  let studies: [Study]
  let dropped = 0
  let reports: [String]

  func report(of index: Int) throws -> String { reports[index] }

  /// Studies with the given numbers of radiographs, all showing committed images.
  init(radiographs counts: [Int], report: String = "Small left effusion. Upright view, left arm.") {
    let names = ["gray.jpg", "gray8.png", "colour.jpg", "rgb8.png", "progressive.jpg"]
    studies = counts.enumerated().map { index, count in
      Study(
        identifier: "s\(index)", patient: "p\(index)",
        radiographs: (0..<count).map {
          Radiograph(file: DataFixtures.image(names[($0 + index) % names.count]))
        }, split: .train)
    }
    reports = counts.indices.map { "Study number \($0). " + report }
  }

  init(studies: [Study], reports: [String]) {
    self.studies = studies
    self.reports = reports
  }
}

/// The failure a body throws; a test failure where it throws none or another error.
func caught(
  file: StaticString = #filePath, line: UInt = #line, _ body: () throws -> Void
) -> Failure? {
  do {
    try body()
    XCTFail("No failure was thrown.", file: file, line: line)
  } catch let failure as Failure {
    return failure
  } catch {
    XCTFail("Another error was thrown: \(error)", file: file, line: line)
  }
  return nil
}
