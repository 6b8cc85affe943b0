import TestSupport
import XCTest

/// Every collective, with every element type and counts on both sides of the piece limit, under
/// real mpirun.
final class CollectiveTests: XCTestCase {
  func testCollectives() throws {
    let program = try builtProgram("distributed-cases")
    try skipWithoutLauncher()
    for name in ["hello", "collectives", "gathers", "values"] {
      withEvery("np", 1...4, "piece limit", [1000, 1 << 26]) { np, limit in
        let result = try mpirun(np: np, program, [name, "--piece-limit", String(limit)])
        expect(result.status == 0 && !result.lines.isEmpty, "\(name): \(result.report)")
      }
    }
  }

  func testResultsDoNotDependOnPieces() throws {
    let program = try builtProgram("distributed-cases")
    for name in ["collectives", "gathers"] {
      let whole = try mpirun(np: 3, program, [name])
      let pieces = try mpirun(np: 3, program, [name, "--piece-limit", "7"])
      XCTAssertEqual(whole.status, 0, whole.report)
      XCTAssertEqual(pieces.lines, whole.lines, pieces.report)
    }
  }

  func testOneRankNeedsNoLauncher() throws {
    let program = try builtProgram("distributed-cases")
    for name in ["hello", "collectives", "gathers", "values", "tree", "wrong-counts"] {
      let result = try runProgram(program, [name])
      XCTAssertEqual(result.status, 0, "\(name): \(result.report)")
    }
  }
}

func skipWithoutLauncher() throws {
  guard MPIFlavour.built.launcher != nil else {
    throw XCTSkip("mpirun is not installed: apt-get install openmpi-bin")
  }
}
