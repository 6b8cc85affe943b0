import Foundation
import TestSupport
import XCTest

/// `refers-mpi embed` on images and on studies.
final class EmbedTests: XCTestCase {
  private static let files = [
    "images.csv", "images.npy", "reports.npy", "studies.csv", "studies.npy",
  ]

  func testStudiesOnAnyRanksAndThreads() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let first = try embed(["--data", fixture.studies], fixture.pretrained, folder)
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: first).sorted(), Self.files)
    let studies = try csvRows(first + "/studies.csv")
    XCTAssertEqual(studies[0], ["row", "study", "study_id"])
    XCTAssertEqual(studies.count, 27)
    XCTAssertEqual(studies.dropFirst().map { $0[0] }, (0..<26).map { "\($0)" })
    let images = try csvRows(first + "/images.csv")
    XCTAssertEqual(images[0], ["row", "study", "study_id", "image"])
    XCTAssertTrue(images.dropFirst().allSatisfy { $0[3].hasSuffix(".jpg") }, "\(images[1])")
    // Width 48, three slots.
    XCTAssertEqual(try matrix(first + "/images.npy").columns, 48)
    XCTAssertEqual(try matrix(first + "/images.npy").rows, images.count - 1)
    for name in ["studies", "reports"] {
      let features = try matrix("\(first)/\(name).npy")
      XCTAssertEqual([features.rows, features.columns], [26, 144])
      XCTAssertTrue(features.values.allSatisfy(\.isFinite))
    }
    for name in Self.files { XCTAssertEqual(try permissions("\(first)/\(name)"), 0o600) }
    withEvery("np", [1, 2, 3], "threads", [1, 2]) { np, threads in
      let other = try embed(
        ["--data", fixture.studies], fixture.pretrained, folder, np: np, threads: threads)
      for name in Self.files {
        expect(try bytes("\(first)/\(name)") == bytes("\(other)/\(name)"), "\(name) differs")
      }
    }
  }

  /// A part of the studies has the rows it has among all, but for the company of its packet.
  func testAPart() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let all = try embed(["--data", fixture.studies], fixture.pretrained, folder)
    let part = try embed(
      ["--data", fixture.studies, "--split", "validate"], fixture.pretrained, folder)
    let (rows, own) = (try csvRows(all + "/studies.csv"), try csvRows(part + "/studies.csv"))
    XCTAssertEqual(own.count, 10)
    let whole = try matrix(all + "/studies.npy")
    let features = try matrix(part + "/studies.npy")
    for (row, study) in own.dropFirst().enumerated() {
      let place = try XCTUnwrap(rows.firstIndex { $0[1] == study[1] }) - 1
      XCTAssertLessThan(
        largestDifference(features[row], whole[place]), 1e-5, "study \(study[1])")
    }
  }

  func testAStoreGivesTheSameFeatures() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let store = folder.file("store")
    let made = try runProgram(
      try builtProgram("refers-mpi"),
      ["prepare", "--data", fixture.studies, "--output", store, "--size", "36"])
    XCTAssertEqual(made.status, 0, made.report)
    let plain = try embed(["--data", fixture.studies], fixture.pretrained, folder)
    let stored = try embed(["--data", store], fixture.pretrained, folder)
    for name in ["images.npy", "studies.npy", "reports.npy"] {
      XCTAssertTrue(try bytes("\(plain)/\(name)") == bytes("\(stored)/\(name)"), name)
    }
    XCTAssertEqual(try csvRows(stored + "/images.csv")[1], ["0", "0", "", "1"])
  }

  /// Images by themselves have the rows of the same radiographs in studies.
  func testImagesByThemselves() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let images = try embed([fixture.studies + "/files"], fixture.pretrained, folder)
    XCTAssertEqual(
      try FileManager.default.contentsOfDirectory(atPath: images).sorted(),
      ["images.csv", "images.npy"])
    let rows = try csvRows(images + "/images.csv")
    XCTAssertEqual(rows[0], ["row", "image"])
    let studies = try embed(["--data", fixture.studies], fixture.pretrained, folder)
    let (own, other) = (try matrix(images + "/images.npy"), try matrix(studies + "/images.npy"))
    XCTAssertEqual(own.rows, other.rows)
    let names = try csvRows(studies + "/images.csv").dropFirst().map { $0[3] }
    for (row, fields) in rows.dropFirst().enumerated() {
      let place = try XCTUnwrap(names.firstIndex { $0 == "files/" + fields[1] })
      XCTAssertLessThan(largestDifference(own[row], other[place]), 1e-5)
    }
  }

  func testImagesOfStudiesAreNamedAsTheirTableDoes() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let images = try fixture.images(3, in: folder)
    try FileManager.default.copyItem(atPath: images + "/2.jpeg", toPath: images + "/b/2.jpeg")
    let table = "study_id,images,report\ns,2.jpeg;b/2.jpeg,All is well.\n"
    let manifest = try folder.write(Data(table.utf8), to: "images/studies.csv")
    let made = try embed(["--manifest", manifest], fixture.pretrained, folder)
    XCTAssertEqual(
      try csvRows(made + "/images.csv").dropFirst().map { $0[3] }, ["2.jpeg", "b/2.jpeg"])
  }

  func testAClassifierHasFeaturesOfImagesAlone() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let output = folder.file("features")
    let result = try refersMPI([
      "embed", fixture.model("multi-label"), "--data", fixture.studies, "--output", output,
    ])
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertTrue(result.standardError.contains("features of images alone"), result.report)
    XCTAssertEqual(
      try FileManager.default.contentsOfDirectory(atPath: output).sorted(),
      ["images.csv", "images.npy"])
  }

  func testOptionsAreChecked() throws {
    for arguments in [
      ["x"], ["x", "y", "--data", "z"], ["x", "--data", "y", "--manifest", "z"],
      ["x", "y", "--bad-images", "2"], ["x", "--data", "y", "--root", "z"],
    ] {
      let result = try refersMPI(["embed"] + arguments)
      XCTAssertEqual(result.status, 64, "\(arguments): \(result.report)")
    }
  }

  private func embed(
    _ arguments: [String], _ model: String, _ folder: TemporaryFolder, np: Int = 1,
    threads: Int = 1, line: UInt = #line
  ) throws -> String {
    let output = folder.file("features-\(UUID().uuidString)")
    let result = try refersMPI(
      ["embed", model] + arguments + ["--output", output], np: np, threads: threads)
    XCTAssertEqual(result.status, 0, result.report, line: line)
    return output
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private struct Features {
    let rows: Int
    let columns: Int
    let values: [Float]

    subscript(row: Int) -> [Float] { Array(values[row * columns..<(row + 1) * columns]) }
  }

  /// Reads what NumPy would.
  private func matrix(_ path: String) throws -> Features {
    let data = [UInt8](try bytes(path))
    let length = Int(data[8]) + Int(data[9]) << 8
    let header = String(decoding: data[10..<10 + length], as: UTF8.self)
    let shape = try XCTUnwrap(header.firstMatch(of: #/'shape': \((\d+), (\d+)\)/#))
    let values = data[(10 + length)...].withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    }
    let (rows, columns) = (try XCTUnwrap(Int(shape.1)), try XCTUnwrap(Int(shape.2)))
    XCTAssertEqual(values.count, rows * columns)
    return Features(rows: rows, columns: columns, values: values)
  }
}
