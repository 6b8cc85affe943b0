import TestSupport
import XCTest

/// Mistakes end in failures, failures in the end of all ranks: never in a wait.
final class FaultTests: XCTestCase {
  func testRanksThatDisagreeAllFail() throws {
    let program = try builtProgram("distributed-cases")
    try skipWithoutLauncher()
    withEvery("np", 2...4) { np in
      for name in ["disagreement", "wrong-counts"] {
        let result = try mpirun(np: np, program, [name], timeout: 20)
        expect(result.status == 0, "\(name): \(result.report)")
      }
    }
  }

  func testFailuresOfMPICarryItsWords() throws {
    let program = try builtProgram("distributed-cases")
    let long = try mpirun(np: 2, program, ["truncation"], timeout: 20)
    XCTAssertEqual(long.status, 0, long.report)
    XCTAssert(long.standardOutput.contains("MPI_Test failed on rank 0 of 2: "), long.report)
    XCTAssert(long.standardOutput.lowercased().contains("truncated"), long.report)
    let short = try mpirun(np: 2, program, ["missing-elements"], timeout: 20)
    XCTAssertEqual(short.status, 0, short.report)
  }

  /// A launcher that hears of the end may drop words that it has not read: one time in twelve.
  func testOneRankAloneIsHeardEveryTime() throws {
    let program = try builtProgram("distributed-cases")
    try skipWithoutLauncher()
    for _ in 0..<12 {
      let result = try mpirun(np: 1, program, ["fail"], timeout: 20)
      XCTAssertTrue(result.standardError.contains("error: The case gave up."), result.report)
    }
  }

  func testOneRankThatFailsEndsAll() throws {
    let program = try builtProgram("distributed-cases")
    try skipWithoutLauncher()
    withEvery("np", 1...4) { np in
      let start = Date()
      let result = try mpirun(np: np, program, ["fail"], timeout: 20)
      expect(Date().timeIntervalSince(start) < 10, "slow: \(result.report)")
      expect(result.status != 0 && !result.timedOut, result.report)
      let place = np > 1 ? " (rank \(np - 1) of \(np))" : ""
      let messages = result.standardError.components(
        separatedBy: "error\(place): The case gave up. Expect it to.")
      expectEqual(messages.count, 2, result.report)
    }
  }

  func testAbortCarriesItsCode() throws {
    let result = try mpirun(
      np: 3, try builtProgram("distributed-cases"), ["abort"], timeout: 20)
    XCTAssertEqual(result.status, 42, result.report)
  }

  /// The mpirun of another MPI starts worlds of one rank.
  func testAnotherLauncherIsNoticed() throws {
    let program = try builtProgram("distributed-cases")
    let other: MPIFlavour = MPIFlavour.built == .openMPI ? .mpich : .openMPI
    guard other.launcher != MPIFlavour.built.launcher else { throw XCTSkip("One MPI only.") }
    let result = try mpirun(np: 2, program, ["hello"], timeout: 20, flavour: other)
    XCTAssert(result.status != 0 && !result.timedOut, result.report)
    XCTAssert(result.standardError.contains("promised 2 ranks, but MPI sees 1"), result.report)
    XCTAssert(result.standardError.contains("Start it with the mpirun of that MPI."), result.report)
    let messages = result.standardError.components(separatedBy: "error (rank 0 of 2): ")
    XCTAssertEqual(messages.count, 2, result.report)
    XCTAssertFalse(result.standardError.contains("rank 1 of 2"), result.report)
  }

  func testAnUnknownCaseIsAnError() throws {
    let result = try runProgram(try builtProgram("distributed-cases"), ["nothing"])
    XCTAssertEqual(result.status, 1, result.report)
    XCTAssert(result.standardError.hasPrefix("error: Name one case. Cases: abort"), result.report)
  }
}
