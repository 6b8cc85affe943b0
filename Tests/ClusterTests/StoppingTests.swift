import Foundation
import REFERS
import TestSupport
import XCTest

/// A run that is asked to end saves, exits with 75, and ends later with the bits of a run that was
/// never asked.
final class StoppingTests: XCTestCase {
  private var folder: TemporaryFolder!

  override func setUpWithError() throws { folder = try TemporaryFolder() }
  override func tearDown() { folder = nil }

  func testSignalsToOneProcess() throws {
    let expected = try SmallRun.undisturbed(in: folder)
    let program = try builtProgram("refers-mpi")
    withEvery("signals", [[SIGUSR1], [SIGTERM], [SIGTERM, SIGUSR1, SIGTERM]]) { signals in
      let run = SmallRun(signals.map(String.init).joined(separator: "-"), in: folder)
      let running = try RunningProgram(program, run.arguments)
      try run.waitForSteps(of: running)
      for number in signals { running.signal(number) }
      expectSaved(try running.wait(), run)
      try expectContinues(run, with: try RunningProgram(program, run.arguments), to: expected)
    }
  }

  /// However often they come, in the midst of whatever kernel: those of oneDNN keep values where a
  /// handler's frame would lie.
  func testManySignals() throws {
    let expected = try SmallRun.undisturbed(in: folder)
    let program = try builtProgram("refers-mpi")
    let run = SmallRun("many", in: folder)
    for _ in 0..<3 {
      let told = run.stepsTold
      let running = try RunningProgram(program, run.arguments)
      try run.waitForSteps(after: told, of: running)
      for _ in 0..<2_000 where running.isRunning {
        running.signal(SIGUSR1)
        usleep(20)
      }
      expectSaved(try running.wait(), run)
    }
    try expectContinues(run, with: try RunningProgram(program, run.arguments), to: expected)
  }

  /// What mpirun passes on reaches all ranks; other numbers of ranks go on.
  func testASignalToMPIRun() throws {
    let expected = try SmallRun.undisturbed(in: folder)
    let run = SmallRun("ranks", in: folder)
    for np in [2, 4] {
      let told = run.stepsTold
      let running = try RunningProgram(np: np, try builtProgram("refers-mpi"), run.arguments)
      try run.waitForSteps(after: told, of: running)
      running.signal(SIGUSR1)
      expectSaved(try running.wait(), run)
    }
    let last = try RunningProgram(try builtProgram("refers-mpi"), run.arguments)
    try expectContinues(run, with: last, to: expected)
  }

  /// The margin is ten seconds and two steps: one step, and it is near.
  func testATimeLimit() throws {
    let expected = try SmallRun.undisturbed(in: folder)
    let program = try builtProgram("refers-mpi")
    let run = SmallRun("limit", in: folder)
    let limited = try runProgram(program, run.arguments + ["--time-limit", "0:10"])
    expectSaved(limited, run)
    XCTAssertEqual(try run.savedStep(), 1)
    XCTAssertTrue(limited.report.contains("time limit"), limited.report)
    let wide = try RunningProgram(program, run.arguments + ["--time-limit", "1-0"])
    try expectContinues(run, with: wide, to: expected)
  }

  /// The end of a Slurm job is a limit too; where its environment does not tell, squeue does.
  func testTheEndOfAJob() throws {
    let text = "#!/bin/sh\n[ \"$3\" = 7 ] && echo 0:10\n"
    let squeue = try folder.write(Data(text.utf8), to: "squeue")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: squeue)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let run = SmallRun("job", in: folder)
    let result = try runProgram(
      try builtProgram("refers-mpi"), run.arguments,
      environment: ["SLURM_JOB_ID": "7", "PATH": "\(folder.path):\(path)"])
    expectSaved(result, run)
    XCTAssertEqual(try run.savedStep(), 1)
  }

  /// The job script for hosts, on this host alone: TERM saves, another call continues.
  func testTheScriptForHosts() throws {
    let expected = try SmallRun.undisturbed(in: folder)
    let run = SmallRun("script", in: folder)
    let running = try startScript(run)
    try run.waitForSteps(of: running)
    running.signal(SIGTERM)
    running.signal(SIGUSR1)
    expectSaved(try running.wait(), run)
    try expectContinues(run, with: try startScript(run), to: expected)
    // Nothing is left to do.
    try expectContinues(run, with: try startScript(run), to: expected)
  }

  /// Told to, the script starts again by itself what was killed.
  func testTheScriptStartsAgain() throws {
    let expected = try SmallRun.undisturbed(in: folder)
    let run = SmallRun("script", in: folder)
    let running = try startScript(run, ["RESTARTS": "1"])
    try run.waitForSteps(of: running)
    kill(try XCTUnwrap(running.children.first), SIGKILL)
    let result = try running.wait()
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertTrue(result.standardError.contains("ended with 137; starting again"), result.report)
    XCTAssertEqual(try run.digest(), expected)
  }

  /// The job script for hosts, with two ranks on this one.
  private func startScript(
    _ run: SmallRun, _ variables: [String: String] = [:]
  ) throws -> RunningProgram {
    guard MPIFlavour.built == .openMPI, MPIFlavour.openMPI.launcher != nil else {
      throw XCTSkip("The script is for Open MPI.")
    }
    guard ProcessInfo.processInfo.activeProcessorCount >= 2 else {
      throw XCTSkip("The script gives each of two ranks a core.")
    }
    let hosts = try folder.write(Data("localhost slots=2\n".utf8), to: "hosts")
    let settings = [
      "HOSTFILE": hosts, "RANKS": "2", "CORES": "1", "OUTPUT": run.output,
      "REFERS_MPI_PROGRAM": try builtProgram("refers-mpi"),
    ].merging(MPIFlavour.asRoot) { $1 }.merging(variables) { $1 }
    return try RunningProgram(
      repositoryFile("cluster/openmpi/pretrain.sh"), SmallRun.options, environment: settings)
  }

  private func expectSaved(_ result: ProgramResult, _ run: SmallRun, line: UInt = #line) {
    expectEqual(result.status, StopReason.exitStatus, result.report, line: line)
    expect(!result.timedOut, result.report, line: line)
    do {
      let step = try run.savedStep()
      expect((1..<SmallRun.steps).contains(step), "saved at step \(step)", line: line)
    } catch {
      expect(false, "\(error): \(result.report)", line: line)
    }
  }

  private func expectContinues(
    _ run: SmallRun, with program: RunningProgram, to digest: String, line: UInt = #line
  ) throws {
    let result = try program.wait()
    expectEqual(result.status, 0, result.report, line: line)
    expectEqual(try run.digest(), digest, line: line)
  }
}
