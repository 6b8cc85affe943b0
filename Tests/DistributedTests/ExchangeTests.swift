import TestSupport
import XCTest

/// The tree sum that goes on while its callers compute.
final class ExchangeTests: XCTestCase {
  func testBitsAreThoseOfOneProcess() throws {
    let program = try builtProgram("distributed-cases")
    try skipWithoutLauncher()
    let alone = try runProgram(program, ["exchange"])
    XCTAssertEqual(alone.status, 0, alone.report)
    XCTAssertEqual(alone.lines.count, 1, alone.report)
    withEvery("np", [1, 2, 3, 4, 8]) { np in
      let result = try mpirun(np: np, program, ["exchange"])
      expect(result.status == 0, result.report)
      expectEqual(result.lines, alone.lines, result.report)
    }
  }

  func testSumsTravelWhileTheCallerComputes() throws {
    let result = try mpirun(np: 2, try builtProgram("distributed-cases"), ["overlap"])
    XCTAssertEqual(result.status, 0, result.report)
  }

  /// With an MPI that allows less, down to one thread, which then does all while it waits.
  func testBitsDoNotDependOnThreads() throws {
    let program = try builtProgram("distributed-cases")
    let alone = try runProgram(program, ["exchange"])
    withEvery("threads", ["one", "inTurns"]) { threads in
      let result = try mpirun(np: 3, program, ["exchange", "--threads", threads])
      expect(result.status == 0, result.report)
      expectEqual(result.lines, alone.lines, result.report)
      let overlap = try mpirun(np: 2, program, ["overlap", "--threads", threads])
      expect(overlap.status == 0, overlap.report)
    }
  }

  func testOneRankThatFailsInARoundEndsAll() throws {
    let program = try builtProgram("distributed-cases")
    withEvery("np", 2...4) { np in
      let start = Date()
      let result = try mpirun(np: np, program, ["fail-in-exchange"], timeout: 20)
      expect(Date().timeIntervalSince(start) < 10, "slow: \(result.report)")
      expect(result.status != 0 && !result.timedOut, result.report)
      let place = "(rank \(np - 1) of \(np))"
      expect(
        result.standardError.contains("error \(place): The case gave up. Expect it to."),
        result.report)
    }
  }

  func testAWaitNamesTheSilentRank() throws {
    let program = try builtProgram("distributed-cases")
    withEvery("np", 2...4, "case", ["silence", "silence-in-exchange"]) { np, name in
      let start = Date()
      let result = try mpirun(np: np, program, [name], timeout: 20)
      expect(Date().timeIntervalSince(start) < 10, "slow: \(result.report)")
      expect(result.status != 0 && !result.timedOut, result.report)
      let call = name == "silence" ? "allReduce" : "the exchange of gradients"
      expect(
        result.standardError.contains(
          "(rank 0 of \(np)): No answer from rank \(np - 1) for 1 s, in \(call)."),
        result.report)
    }
  }
}
