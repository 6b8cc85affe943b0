import Foundation
import TestSupport
import XCTest

/// `cluster/slurm/pretrain.sbatch` under a real Slurm of two nodes: whatever asks it to end, the
/// job saves, is queued again, and ends with the bits of a run that was never asked.
final class SlurmTests: XCTestCase {
  private var folder: TemporaryFolder!
  private var environment: [String: String] = [:]

  override func setUpWithError() throws { folder = try TemporaryFolder() }

  override func tearDownWithError() throws {
    _ = try runProgram(repositoryFile("Tests/Cluster/slurm.sh"), ["stop", slurm])
    folder = nil
  }

  /// The script itself has the job queued again.
  func testBySrun() throws {
    try start()
    try check(
      by: "srun", type: "pmix",
      requests: [
        ["scancel", "--batch", "--signal=USR1"], ["scancel", "--signal=USR1"],
        ["scancel", "--signal=TERM"], ["scontrol", "requeue"],
      ])
  }

  /// Slurm queues again what exits with 75. TERM to mpirun's own helpers loses what was done since
  /// the last checkpoint, but not the job.
  func testByMPIRun() throws {
    try start(["RequeueExit=75"])
    try check(
      by: "mpirun", type: "mpirun",
      requests: [
        ["scancel", "--batch", "--signal=USR1"], ["scancel", "--signal=USR1"],
        ["scancel", "--batch", "--signal=TERM"], ["scancel", "--signal=TERM"],
      ])
  }

  /// A job that someone cancels stays so.
  func testCancelling() throws {
    try start()
    let run = SmallRun("cancelled", in: folder)
    let job = try submit(run, type: "pmix")
    try run.waitForSteps()
    _ = try slurmCommand(["scancel", job])
    try waitUntil("the job has ended") { try state(of: job) == "CANCELLED" }
    sleep(1)
    XCTAssertEqual(try state(of: job), "CANCELLED", log)
  }

  private func check(by launcher: String, type: String, requests: [[String]]) throws {
    let expected = try SmallRun.undisturbed(in: folder)
    let run = SmallRun(type, in: folder)
    let job = try submit(run, type: type)
    do {
      for request in requests {
        try run.waitForSteps(after: run.stepsTold)
        _ = try slurmCommand(request + [job])
        try waitUntil("the job is queued again after \(request)") {
          try state(of: job) == "PENDING"
        }
        try waitForNodes()
        // Slurm lets such a job wait for two minutes.
        _ = try slurmCommand(["scontrol", "update", "jobid=\(job)", "starttime=now"])
      }
      try waitUntil("the job is done") { try state(of: job) == "COMPLETED" }
    } catch {
      XCTFail("\(error), state \(try state(of: job)):\n\(log)")
      return
    }
    XCTAssertEqual(try run.digest(), expected)
    let starts = log.components(separatedBy: "by \(launcher)").count - 1
    XCTAssertEqual(starts, 1 + requests.count, log)
  }

  /// Nodes refuse a job that was queued again in the same second, and one whose last start they are
  /// still tidying up.
  private func waitForNodes() throws {
    sleep(2)
    try waitUntil("the nodes have forgotten the last start") {
      try ["spool-n1", "spool-n2"].allSatisfy { spool in
        try !FileManager.default.contentsOfDirectory(atPath: "\(slurm)/\(spool)")
          .contains { $0.hasPrefix("stepd.slurm.pmix") }
      }
    }
  }

  private var slurm: String { folder.file("slurm") }
  private var log: String {
    (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? "no log"
  }

  private func start(_ lines: [String] = []) throws {
    guard MPIFlavour.built == .openMPI else { throw XCTSkip("The Slurm here is for Open MPI.") }
    let result = try runProgram(
      repositoryFile("Tests/Cluster/slurm.sh"), ["start", slurm] + lines)
    if result.status == 77 { throw XCTSkip(result.standardOutput) }
    guard result.status == 0 else { throw Refused(report: result.report) }
    environment = ["SLURM_CONF": "\(slurm)/slurm.conf"]
  }

  /// Submits the job script; returns the number of the job.
  private func submit(_ run: SmallRun, type: String) throws -> String {
    let settings = [
      "MPI_TYPE": type, "OUTPUT": run.output,
      "REFERS_MPI_PROGRAM": try builtProgram("refers-mpi"),
      // Two nodes of one machine: Open MPI does not see that they share its cores.
      "OMPI_MCA_mpi_yield_when_idle": "1",
    ].merging(MPIFlavour.asRoot) { $1 }
    return try slurmCommand(
      [
        "sbatch", "--parsable", "--ntasks-per-node=1", "--cpus-per-task=1", "--time=60",
        "--output=\(folder.file("log"))", repositoryFile("cluster/slurm/pretrain.sbatch"),
      ] + SmallRun.options, settings)
  }

  private func state(of job: String) throws -> String {
    try slurmCommand(["squeue", "--noheader", "--states=all", "--jobs=\(job)", "--format=%T"])
  }

  private func slurmCommand(
    _ words: [String], _ settings: [String: String] = [:]
  ) throws -> String {
    let program = try XCTUnwrap(installedProgram(words[0]))
    let result = try runProgram(
      program, Array(words.dropFirst()), environment: environment.merging(settings) { $1 },
      directory: folder.path)
    guard result.status == 0 else { throw Refused(report: "\(words): \(result.report)") }
    return result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private struct Refused: Error { let report: String }
}
