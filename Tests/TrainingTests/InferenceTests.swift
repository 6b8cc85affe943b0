import TestSupport
import XCTest

/// Features of many images under real mpirun.
final class InferenceTests: XCTestCase {
  func testBitsKnowNeitherRanksNorThreads() throws {
    let first = try lines("inference", np: 1, threads: 1)
    XCTAssertEqual(first.count, 1)
    withEvery("np", 1...3, "threads", 1...2) { np, threads in
      expectEqual(try lines("inference", np: np, threads: threads), first)
    }
    XCTAssertNotEqual(try lines("inference", np: 1, threads: 1, ["--seed", "2"]), first)
  }

  func testAStudyThatCannotBePreparedEndsAllRanks() throws {
    withEvery("np", 1...3) { np in
      expectEqual(try lines("inference-failure", np: np, threads: 1), ["told"])
    }
  }

  /// A head fitted to features, in both tasks.
  func testALinearProbe() throws {
    let first = try lines("probe", np: 1, threads: 1)
    XCTAssertEqual(first.count, 2)
    for (np, threads) in [(1, 2), (2, 1), (3, 2)] {
      XCTAssertEqual(try lines("probe", np: np, threads: threads), first)
    }
  }

  private func lines(
    _ name: String, np: Int, threads: Int, _ options: [String] = []
  ) throws -> [String] {
    let result = try mpirun(
      np: np, try builtProgram("training-cases"), [name, "--threads", "\(threads)"] + options)
    XCTAssertEqual(result.status, 0, result.report)
    return result.lines
  }
}
