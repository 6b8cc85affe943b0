import TestSupport
import XCTest

/// A failure of some ranks is one of all, and one rank says it.
final class TogetherTests: XCTestCase {
  func testAFailureOfSomeEndsThePhaseOnAll() throws {
    let program = try builtProgram("distributed-cases")
    try skipWithoutLauncher()
    withEvery("np", 1...4) { np in
      let result = try mpirun(np: np, program, ["together"], timeout: 20)
      expect(result.status == 0, result.report)
    }
  }

  func testOneRankSpeaks() throws {
    let program = try builtProgram("distributed-cases")
    let cases = [
      "fail-together": "(rank 1 of 4): reading studies: Rank 1 gave up.",
      "fail-alike": "(rank 0 of 4): All found the same.",
      "fail-beside-a-call": "(rank 3 of 4): reading studies: Rank 3 gave up.",
      "other-build": "(rank 0 of 4): The BLAS kernel is Haswell on rank 0 and Zen on rank 2 of 4",
    ]
    withEvery("case", cases.sorted { $0.key < $1.key }) { name, message in
      let start = Date()
      let result = try mpirun(np: 4, program, [name], timeout: 20)
      expect(Date().timeIntervalSince(start) < 10, "slow: \(result.report)")
      expect(result.status != 0 && !result.timedOut, result.report)
      let errors = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error") }
      expectEqual(errors.count, 1, result.report)
      expect(errors.first?.contains(message) == true, result.report)
    }
  }

  func testARankWhoseSpeakerIsMuteSpeaksItself() throws {
    let start = Date()
    let result = try mpirun(
      np: 2, try builtProgram("distributed-cases"), ["mute-speaker"], timeout: 20)
    XCTAssert(result.status != 0 && !result.timedOut, result.report)
    XCTAssert(Date().timeIntervalSince(start) < 10, result.report)
    XCTAssert(
      result.standardError.contains("error (rank 1 of 2): All found the same."), result.report)
  }

  func testTheHostsCoresAreKnown() throws {
    let result = try mpirun(np: 2, try builtProgram("distributed-cases"), ["cores"])
    XCTAssertEqual(result.status, 0, result.report)
  }
}
