import TestSupport
import XCTest

/// Every case on the other MPI, as scripts/test builds it beside this one.
final class MPICHTests: XCTestCase {
  /// The cases as built on MPICH, and their launcher.
  private func program() throws -> String {
    guard MPIFlavour.mpich.launcher != nil else {
      throw XCTSkip("MPICH is not installed: apt-get install mpich libmpich-dev")
    }
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../.build-mpich/release/distributed-cases").standardized.path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw XCTSkip("\(path) is not built; scripts/test builds it where MPICH is installed.")
    }
    return path
  }

  func testCases() throws {
    let program = try program()
    let cases = [
      "hello", "collectives", "gathers", "values", "tree", "exchange", "overlap", "disagreement",
      "wrong-counts", "truncation", "missing-elements", "together", "cores", "probe",
    ]
    withEvery("case", cases) { name in
      let result = try mpirun(np: 2, program, [name], timeout: 60, flavour: .mpich)
      expect(result.status == 0 && !result.lines.isEmpty, result.report)
    }
  }

  /// The bits do not depend on the MPI either.
  func testBitsAreThoseOfTheOtherMPI() throws {
    let mpich = try program()
    let built = try builtProgram("distributed-cases")
    withEvery("case", ["tree", "exchange", "collectives", "gathers"]) { name in
      let wanted = try mpirun(np: 2, built, [name])
      let result = try mpirun(np: 2, mpich, [name], flavour: .mpich)
      expectEqual(result.lines, wanted.lines, result.report)
    }
  }

  func testFaultsEndAllRanks() throws {
    let program = try program()
    let cases = [
      "fail": "(rank 1 of 2): The case gave up. Expect it to.",
      "fail-in-exchange": "(rank 1 of 2): The case gave up. Expect it to.",
      "fail-together": "(rank 1 of 2): reading studies: Rank 1 gave up.",
      "fail-alike": "(rank 0 of 2): All found the same.",
      "silence": "(rank 0 of 2): No answer from rank 1 for 1 s",
      "silence-in-exchange": "(rank 0 of 2): No answer from rank 1 for 1 s",
    ]
    withEvery("case", cases.sorted { $0.key < $1.key }) { name, message in
      let start = Date()
      let result = try mpirun(np: 2, program, [name], timeout: 20, flavour: .mpich)
      expect(Date().timeIntervalSince(start) < 10, "slow: \(result.report)")
      expect(result.status != 0 && !result.timedOut, result.report)
      let errors = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error") }
      expectEqual(errors.count, 1, result.report)
      expect(errors.first?.contains(message) == true, result.report)
    }
  }
}
