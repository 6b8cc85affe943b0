import Diagnostics
import Foundation
import REFERS
import XCTest

final class SyntheticStudyWriterTests: XCTestCase {
  private var root = ""

  override func setUpWithError() throws {
    root = NSTemporaryDirectory() + "refers-synthetic-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  override func tearDownWithError() throws { try FileManager.default.removeItem(atPath: root) }

  /// Every file below a folder with its bytes.
  private func content(_ directory: String) throws -> [String: Data] {
    var result: [String: Data] = [:]
    let base = URL(fileURLWithPath: directory)
    for name in try FileManager.default.subpathsOfDirectory(atPath: directory) {
      var isFolder: ObjCBool = false
      let path = base.appendingPathComponent(name).path
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      if !isFolder.boolValue { result[name] = try Data(contentsOf: URL(fileURLWithPath: path)) }
    }
    return result
  }

  func testBytesDependOnTheSetAlone() throws {
    let set = SyntheticStudySet(train: 9, validate: 3, test: 2, seed: 3)
    let serial = SyntheticStudyWriter(set, to: root + "/serial")
    try serial.write()
    XCTAssertFalse(serial.isComplete)
    try serial.finish()
    XCTAssertTrue(serial.isComplete)

    let parallel = SyntheticStudyWriter(set, to: root + "/parallel/")
    for part in [2, 0, 1] { try parallel.write(workers: 2, part: part, of: 3) }
    try parallel.finish()
    let (one, other) = (try content(root + "/serial"), try content(root + "/parallel"))
    XCTAssertEqual(one, other)
    let images = set.entries.map { set.studies.study(at: $0.index).views.count }.reduce(0, +)
    XCTAssertEqual(one.keys.filter { $0.hasSuffix(".jpg") }.count, images)
    XCTAssertEqual(one.keys.filter { $0.hasSuffix(".txt") }.count, 14)
    XCTAssertEqual(one.count, images + 14 + 5)
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: root).count, 2)
  }

  func testProgressCountsEveryStudy() throws {
    let set = SyntheticStudySet(train: 4, validate: 1, seed: 3)
    var seen: [Int] = []
    try SyntheticStudyWriter(set, to: root + "/set").write(workers: 2) { seen.append($0) }
    XCTAssertEqual(seen, [1, 2, 3, 4, 5])
  }

  func testHalfWrittenSetIsNotCompleteAndIsRedone() throws {
    let set = SyntheticStudySet(train: 3, validate: 1, seed: 3)
    let writer = SyntheticStudyWriter(set, to: root + "/set")
    try writer.write()
    XCTAssertFalse(writer.isComplete)
    XCTAssertFalse(FileManager.default.fileExists(atPath: root + "/set"))
    try writer.write()
    try writer.finish()
    XCTAssertTrue(writer.isComplete)
    // Written again, the one that is there stays.
    try writer.write()
    try writer.finish()
    XCTAssertTrue(writer.isComplete)
  }

  /// Two runs that begin together write the same set: neither disturbs the other.
  func testTwoWritersAtOnce() throws {
    let writers = ["a", "b"].map {
      SyntheticStudyWriter(
        SyntheticStudySet(train: 2, validate: 1, seed: 3), to: root + "/set", token: $0)
    }
    for writer in writers { try writer.write() }
    for writer in writers {
      try writer.finish()
      XCTAssertTrue(writer.isComplete)
    }
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: root), ["set"])
  }

  func testAnotherSetAndForeignFilesAreLeftAlone() throws {
    let directory = root + "/set"
    let writer = SyntheticStudyWriter(
      SyntheticStudySet(train: 2, validate: 1, seed: 3), to: directory)
    try writer.write()
    try writer.finish()
    let other = SyntheticStudyWriter(
      SyntheticStudySet(train: 2, validate: 1, seed: 4), to: directory)
    XCTAssertThrowsError(try other.write())
    try Data("mine".utf8).write(to: URL(fileURLWithPath: directory + "/notes.txt"))
    XCTAssertThrowsError(try writer.write())
    XCTAssertTrue(writer.isComplete)
    XCTAssertTrue(FileManager.default.fileExists(atPath: directory + "/notes.txt"))
  }

  func testForeignFolderIsLeftAlone() throws {
    let file = root + "/notes.txt"
    try Data("mine".utf8).write(to: URL(fileURLWithPath: file))
    let writer = SyntheticStudyWriter(
      SyntheticStudySet(train: 1, validate: 1, seed: 3), to: root)
    XCTAssertThrowsError(try writer.write()) { error in
      XCTAssertEqual((error as? Failure)?.code, .file)
    }
    XCTAssertThrowsError(try writer.finish())
    XCTAssertTrue(FileManager.default.fileExists(atPath: file))
  }

  func testPatientsDoNotCrossSplitsAndNumbersAreUnique() {
    let set = SyntheticStudySet(train: 3_000, validate: 500, test: 500, seed: 1)
    var split: [Int: String] = [:]
    for entry in set.entries {
      XCTAssertEqual(split[entry.patient, default: entry.split], entry.split)
      split[entry.patient] = entry.split
      XCTAssertEqual("\(entry.patient)".count, 8)
      XCTAssertEqual("\(entry.study)".count, 8)
    }
    XCTAssertEqual(Set(set.entries.map(\.study)).count, 4_000)
    XCTAssertLessThan(split.count, 3_600)
    XCTAssertGreaterThan(split.count, 2_800)
    // A split does not change with the size of another.
    let small = SyntheticStudySet(train: 10, validate: 500, seed: 1)
    XCTAssertEqual(
      small.entries.filter { $0.split == "validate" }.map(\.study),
      set.entries.filter { $0.split == "validate" }.map(\.study))
    let names = set.entries.prefix(500).map { set.radiographName($0, 0) }
    XCTAssertEqual(Set(names).count, 500)
    XCTAssertTrue(names.allSatisfy { $0.count == 44 })
  }
}
