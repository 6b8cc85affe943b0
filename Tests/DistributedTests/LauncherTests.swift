import Diagnostics
import Distributed
import TestSupport
import XCTest

final class LauncherTests: XCTestCase {
  private func launcher(_ variables: [String: String]) -> Launcher {
    Launcher { variables[$0] }
  }

  func testReadsTheVariablesOfEachLauncher() {
    XCTAssertEqual(launcher([:]), Launcher(kind: .none, size: nil))
    XCTAssertEqual(
      launcher(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3"]),
      Launcher(kind: .openMPI, size: 4, rank: 3))
    XCTAssertEqual(
      launcher(["PMI_SIZE": "3", "PMI_RANK": "1"]), Launcher(kind: .mpich, size: 3, rank: 1))
    XCTAssertEqual(
      launcher(["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "7"]),
      Launcher(kind: .slurm, size: 8, rank: 7))
    XCTAssertEqual(
      launcher(["SLURM_STEP_ID": "0", "PMI_SIZE": "8", "PMI_RANK": "2", "SLURM_PROCID": "2"]),
      Launcher(kind: .slurm, size: 8, rank: 2))
  }

  /// mpirun inside a job: Slurm's variables are about mpirun's daemons.
  func testMpirunComesBeforeSlurm() {
    XCTAssertEqual(
      launcher([
        "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "2", "SLURM_STEP_ID": "0",
        "SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1",
      ]),
      Launcher(kind: .openMPI, size: 4, rank: 2))
  }

  /// A program started by a job script itself, without srun, is one rank by right.
  func testAJobScriptIsNoLauncher() {
    XCTAssertEqual(
      launcher(["SLURM_JOB_ID": "7", "SLURM_NTASKS": "4", "SLURM_PROCID": "0"]),
      Launcher(kind: .none, size: nil))
  }

  func testTheSizeMustBeThePromisedOne() throws {
    try Launcher(kind: .none, size: nil).check(worldSize: 1, library: "X")
    try Launcher(kind: .mpich, size: 2).check(worldSize: 2, library: "X")
    withEvery("kind", [Launcher.Kind.openMPI, .mpich, .slurm]) { kind in
      do {
        try Launcher(kind: kind, size: 2).check(worldSize: 1, library: "Some MPI 1.0")
        expect(false, "No failure.")
      } catch let failure as Failure {
        expectEqual(failure.code, .communication)
        expect(failure.message.contains("2 ranks"), failure.message)
        expect(failure.message.contains("Some MPI 1.0"), failure.message)
        expect(!failure.remedy.isEmpty, "No remedy.")
      }
    }
  }
}
