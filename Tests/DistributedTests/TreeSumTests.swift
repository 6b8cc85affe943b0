import Diagnostics
import Distributed
import TestSupport
import XCTest

final class TreeSumTests: XCTestCase {
  /// Each rank compares bits with the plain recursive sum; the hashes must be those of one process.
  func testBitsAreThoseOfOneProcess() throws {
    let program = try builtProgram("distributed-cases")
    try skipWithoutLauncher()
    let alone = try runProgram(program, ["tree"])
    XCTAssertEqual(alone.status, 0, alone.report)
    XCTAssertEqual(alone.lines.count, 28, alone.report)
    withEvery("np", 1...8) { np in
      let result = try mpirun(np: np, program, ["tree"])
      expect(result.status == 0, result.report)
      expectEqual(result.lines, alone.lines)
    }
    withEvery("piece limit", [1, 1000], "np", [2, 7]) { limit, np in
      guard limit > 1 || np == 2 else { return }
      let result = try mpirun(
        np: np, program, [limit == 1 ? "tree-short" : "tree", "--piece-limit", String(limit)])
      expect(result.status == 0, result.report)
      expect(Set(result.lines).isSubset(of: alone.lines), result.report)
    }
  }

  /// Rounded sums are those of one process too.
  func testSumsInHalfTheSize() throws {
    let program = try builtProgram("distributed-cases")
    try skipWithoutLauncher()
    let alone = try runProgram(program, ["tree-rounded"])
    XCTAssertEqual(alone.lines.count, 7, alone.report)
    withEvery("np", [1, 2, 3, 4, 7, 8]) { np in
      let result = try mpirun(np: np, program, ["tree-rounded"])
      expect(result.status == 0, result.report)
      expectEqual(result.lines, alone.lines)
    }
  }

  func testMPIsOwnSum() throws {
    withEvery("np", 1...4) { np in
      let result = try mpirun(np: np, try builtProgram("distributed-cases"), ["plain-sum"])
      expect(result.status == 0, result.report)
    }
  }

  func testMoreRanksThanLeaves() throws {
    let result = try mpirun(np: 3, try builtProgram("distributed-cases"), ["tree-ranks"])
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssert(result.standardOutput.contains("Raise `shards`"), result.report)
  }
}
