import Foundation
import TestSupport
import XCTest

final class VersionTests: XCTestCase {
  func testTheVersionNamesCommitFlagsMPIAndBLAS() throws {
    let result = try runProgram(try builtProgram("refers-mpi"), ["--version"])
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertEqual(result.lines.count, 4, result.report)
    for (line, pattern) in zip(
      result.lines,
      [
        #"refers-mpi ([0-9a-f]{40}( with changes)?|unknown)"#, #"built for  .+, (release|debug)"#,
        #"MPI        .*\d+\.\d+.*"#, #"BLAS       (OpenBLAS|oneDNN) \d+\.\d+.*"#,
      ])
    {
      XCTAssertNotNil(line.range(of: "^\(pattern)$", options: .regularExpression), line)
    }
  }

  func testACheckoutKnowsItsCommit() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    guard FileManager.default.fileExists(atPath: root.appendingPathComponent(".git").path),
      let git = installedProgram("git")
    else { throw XCTSkip("The source is not a git checkout, or git is not installed.") }
    let known = try runProgram(git, ["-C", root.path, "rev-parse", "HEAD"])
    guard known.status == 0 else { throw XCTSkip("git does not read this checkout.") }
    let result = try runProgram(try builtProgram("refers-mpi"), ["--version"])
    XCTAssertFalse(result.standardOutput.contains("unknown"), result.report)
  }
}
