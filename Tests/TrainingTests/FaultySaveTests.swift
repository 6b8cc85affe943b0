import Foundation
import REFERS
import TestSupport
import XCTest

/// A run on two ranks whose rank 0 cannot save ends in seconds, says why once, and can go on.
final class FaultySaveTests: XCTestCase {
  func testAFailingDiskEndsAllRanksAndTheRunCanGoOn() throws {
    guard let strace = installedProgram("strace") else {
      throw XCTSkip("strace is not installed: apt-get install strace")
    }
    let fixture = try ResumeFixture()
    let trial = try runProgram(strace, ["-o", fixture.folder.file("trial"), "/bin/true"])
    try XCTSkipUnless(trial.status == 0, "strace may not trace here: \(trial.report)")
    let whole = try fixture.finish("whole", ResumeFixture.flags, ranks: 2)
    XCTAssertEqual(whole.status, 0, whole.report)

    // Rank 0 saves at step 2; then a file of step 4 cannot be brought to the disk.
    let script = """
      rank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}; trace=$1; shift
      [ "$rank" = 0 ] || exec "$@"
      exec "$trace" -f -o /dev/null -e trace=fsync -e inject=fsync:error=EIO:when=12 "$@"
      """
    let result = try mpirun(
      np: 2, "/bin/sh",
      [
        "-c", script, "sh", strace, try builtProgram("refers-mpi"), "pretrain", "--output",
        fixture.output("run"),
      ] + ResumeFixture.flags, timeout: 30)
    try assertFailure(result, "Input/output error")
    XCTAssertEqual(try names(fixture, "run"), ["last", "step-2"])

    let resumed = try fixture.finish("run", ["--resume"], ranks: 2)
    XCTAssertEqual(resumed.status, 0, resumed.report)
    XCTAssertEqual(try fixture.digest("run"), try fixture.digest("whole"))
    XCTAssertEqual(try fixture.metrics("run"), try fixture.metrics("whole"))
  }

  func testAFullDiskEndsAllRanksAndLeavesTheCheckpointBefore() throws {
    guard geteuid() == 0, let unshare = installedProgram("unshare") else {
      throw XCTSkip("Only root may mount a small disk.")
    }
    guard let launcher = MPIFlavour.built.launcher else {
      throw XCTSkip("mpirun is not installed: apt-get install openmpi-bin")
    }
    let fixture = try ResumeFixture()
    let disk = fixture.output("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    // Room for one checkpoint and a half, besides the studies.
    let script = """
      disk=$1; run=$2; shift 2
      mount -t tmpfs -o size=4300k none "$disk" || exit 77
      "$run" synthesize --train 64 --validate 10 --test 0 --output "$disk.studies" >&2 || exit 78
      "$@" --data "$disk.studies" --output "$disk/run"; status=$?
      "$run" inspect "$disk/run" && ls -A "$disk/run/checkpoints"
      exit $status
      """
    let program = try builtProgram("refers-mpi")
    let options =
      MPIFlavour.built == .openMPI ? ["--oversubscribe", "--bind-to", "none"] : []
    let result = try runProgram(
      unshare,
      ["--mount", "/bin/sh", "-c", script, "sh", disk, program, launcher] + options
        + ["-np", "2", program, "pretrain"] + ResumeFixture.flags,
      environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"],
      timeout: 60)
    try XCTSkipIf(result.status == 77 || result.lines.isEmpty, result.report)
    try assertFailure(result, "No space left on device")
    XCTAssertTrue(result.standardError.contains("Free space on that disk"), result.report)
    XCTAssertTrue(result.lines.contains("step        2 of 12"), result.report)
    XCTAssertEqual(result.lines.suffix(2), ["last", "step-2"])
  }

  private func assertFailure(_ result: ProgramResult, _ text: String) throws {
    XCTAssertFalse(result.timedOut, result.report)
    XCTAssertNotEqual(result.status, 0, result.report)
    let errors = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error") }
    XCTAssertEqual(errors.count, 1, result.report)
    let message = String(errors.first ?? "")
    for part in ["rank 0 of 2", "step 4, saving", text] {
      XCTAssertTrue(message.contains(part), message)
    }
  }

  private func names(_ fixture: ResumeFixture, _ run: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: fixture.output(run) + "/checkpoints")
      .sorted()
  }
}
