import TestSupport
import XCTest

/// The cases between two hosts that know each other by TCP and ssh alone (Tests/Cluster/hosts.sh).
final class TwoHostsTests: XCTestCase {
  private var hosts = ""
  private let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../Cluster/hosts.sh").standardized.path

  override func setUpWithError() throws {
    guard MPIFlavour.built == .openMPI, MPIFlavour.built.launcher != nil else {
      throw XCTSkip("Open MPI is not installed, or not what this was built on.")
    }
    hosts =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("refers-hosts-\(UUID().uuidString)").path
    let made = try runProgram(script, ["start", hosts])
    if made.status == 77 { throw XCTSkip(made.standardOutput) }
    XCTAssertEqual(made.status, 0, made.report)
  }

  override func tearDownWithError() throws {
    guard !hosts.isEmpty else { return }
    _ = try runProgram(script, ["stop", hosts])
    try? FileManager.default.removeItem(atPath: hosts)
  }

  /// Runs a case from the first host, with as many ranks on each.
  private func run(np: Int, _ arguments: String...) throws -> ProgramResult {
    let launcher = try XCTUnwrap(MPIFlavour.openMPI.launcher)
    let program = try builtProgram("distributed-cases")
    let each = np / 2
    return try runProgram(
      script,
      ["on", hosts, "h1", launcher, "--host", "h1:\(each),h2:\(each)", "-np", String(np)]
        + ["--mca", "plm_rsh_args", "-F \(hosts)/ssh_config", "--mca", "btl", "self,vader,tcp"]
        + ["--mca", "btl_tcp_if_include", "eth0", "--mca", "oob_tcp_if_include", "eth0"]
        // Open MPI does not see that the hosts share cores.
        + ["--mca", "mpi_yield_when_idle", "1", "--bind-to", "none", program] + arguments,
      environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"])
  }

  func testSumsHaveTheSameBits() throws {
    let program = try builtProgram("distributed-cases")
    withEvery("case", ["tree", "exchange"]) { name in
      let alone = try runProgram(program, [name])
      let result = try run(np: 2, name)
      expect(result.status == 0, result.report)
      expectEqual(result.lines, alone.lines, result.report)
    }
    let four = try run(np: 4, "exchange")
    XCTAssertEqual(four.status, 0, four.report)
  }

  func testEachHostKnowsItsOwnRanks() throws {
    for name in ["probe", "cores", "values", "overlap"] {
      let result = try run(np: 2, name)
      XCTAssertEqual(result.status, 0, result.report)
    }
    let four = try run(np: 4, "hosts")
    XCTAssertEqual(four.status, 0, four.report)
    let halves = (0...1).map { "rank \($0) of 2 on its host" }
    XCTAssertEqual(four.lines, halves + halves, four.report)
  }

  func testAFailureEndsBothHosts() throws {
    for name in ["fail", "fail-in-exchange", "silence-in-exchange"] {
      let start = Date()
      let result = try run(np: 2, name)
      XCTAssert(result.status != 0 && !result.timedOut, result.report)
      XCTAssert(Date().timeIntervalSince(start) < 15, result.report)
    }
  }
}
