import Foundation
import REFERS
import TestSupport
import XCTest

/// `cluster/openmpi/pretrain.sh` over ssh between two hosts, each with a network of its own.
final class HostsTests: XCTestCase {
  private var folder: TemporaryFolder!
  private var hosts: String { folder.file("hosts") }
  private let script = repositoryFile("Tests/Cluster/hosts.sh")

  override func setUpWithError() throws { folder = try TemporaryFolder() }

  override func tearDownWithError() throws {
    _ = try runProgram(script, ["stop", hosts])
    folder = nil
  }

  func testTwoHostsTrainTogether() throws {
    guard MPIFlavour.built == .openMPI, MPIFlavour.openMPI.launcher != nil else {
      throw XCTSkip("The script is for Open MPI.")
    }
    let made = try runProgram(script, ["start", hosts])
    if made.status == 77 { throw XCTSkip(made.standardOutput) }
    XCTAssertEqual(made.status, 0, made.report)
    let expected = try SmallRun.undisturbed(in: folder)
    let run = SmallRun("run", in: folder)

    let first = try start(run)
    try run.waitForSteps(of: first)
    first.signal(SIGUSR1)
    let saved = try first.wait()
    XCTAssertEqual(saved.status, StopReason.exitStatus, saved.report)

    let ended = try start(run).wait()
    XCTAssertEqual(ended.status, 0, ended.report)
    XCTAssertEqual(try run.digest(), expected)
  }

  /// Starts the script on the first host, with a rank on each.
  private func start(_ run: SmallRun) throws -> RunningProgram {
    let list = try folder.write(Data("h1 slots=1\nh2 slots=1\n".utf8), to: "list")
    let settings = [
      "HOSTFILE": list, "RANKS": "2", "CORES": "1", "NETWORK": "10.99.0.0/24",
      "OUTPUT": run.output, "REFERS_MPI_PROGRAM": try builtProgram("refers-mpi"),
      "OMPI_MCA_plm_rsh_args": "-F \(hosts)/ssh_config",
      // Two hosts of one machine: Open MPI does not see that they share its cores.
      "OMPI_MCA_mpi_yield_when_idle": "1",
    ].merging(MPIFlavour.asRoot) { $1 }
    return try RunningProgram(
      script,
      ["on", hosts, "h1", repositoryFile("cluster/openmpi/pretrain.sh")]
        + SmallRun.options, environment: settings)
  }
}
