import Foundation
import TestSupport
import XCTest

final class PrepareCommandTests: XCTestCase {
  func testOptionsAreChecked() throws {
    let program = try builtProgram("refers-mpi")
    for arguments in [
      ["--output", "x"], ["--data", "x"], ["--data", "x", "--manifest", "y", "--output", "z"],
      ["--data", "x", "--output", "z", "--size", "15"],
      ["--data", "x", "--output", "z", "--workers", "-1"], ["--data", "x", "--output", ""],
    ] {
      let result = try runProgram(program, ["prepare"] + arguments)
      XCTAssertEqual(result.status, 64, "\(arguments): \(result.report)")
    }
  }

  func testItRefusesManyRanks() throws {
    let result = try mpirun(
      np: 2, try builtProgram("refers-mpi"), ["prepare", "--data", "x", "--output", "y"])
    XCTAssertNotEqual(result.status, 0)
    let said = result.standardError.components(separatedBy: "Start it without mpirun").count - 1
    XCTAssertEqual(said, 1, result.report)
  }
}
