import Foundation
import TestSupport
import XCTest

final class SynthesizeCommandTests: XCTestCase {
  func testItWritesTheLayoutOfMIMIC() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("refers-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try runProgram(
      try builtProgram("refers-mpi"),
      [
        "synthesize", "--train", "3", "--validate", "2", "--test", "1", "--workers", "2",
        "--output", folder.path,
      ])
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertTrue(result.standardError.contains("6 studies in \(folder.path)"), result.report)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    for name in ["files", "mimic-cxr-2.0.0-metadata.csv.gz", "boxes.csv"] {
      XCTAssertTrue(names.contains(name), "\(names)")
    }
  }

  func testCountsAreChecked() throws {
    let program = try builtProgram("refers-mpi")
    for arguments in [["--train", "-1"], ["--train", "0", "--validate", "0", "--test", "0"]] {
      let result = try runProgram(program, ["synthesize"] + arguments)
      XCTAssertEqual(result.status, 64, result.report)
    }
  }

  func testItRefusesManyRanks() throws {
    let result = try mpirun(np: 2, try builtProgram("refers-mpi"), ["synthesize"])
    XCTAssertNotEqual(result.status, 0)
    XCTAssertTrue(result.standardError.contains("Start it without mpirun."), result.report)
  }
}
