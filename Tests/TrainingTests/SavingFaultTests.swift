import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

/// A save that is killed, or that the system refuses, loses nothing that was saved before.
///
/// `strace` plays the fault at every single call to the system by which a save changes the disk.
final class SavingFaultTests: XCTestCase {
  private static let changes = ["write", "fsync", "rename", "mkdir", "symlink", "unlink", "rmdir"]

  private var strace = ""
  private var folder: TemporaryFolder?

  override func setUpWithError() throws {
    let place = try TemporaryFolder()
    folder = place
    guard let program = installedProgram("strace") else {
      throw XCTSkip("strace is not installed: apt-get install strace")
    }
    strace = program
    let trial = try runProgram(strace, ["-o", place.file("trial"), "/bin/true"])
    try XCTSkipUnless(trial.status == 0, "strace may not trace here: \(trial.report)")
    // Steps 10 and 20 are there; the next save removes 10.
    let made = try save(20, into: "made", before: [10])
    XCTAssertEqual(made.status, 0, made.report)
  }

  func testAKillAtAnyCallLeavesAWholeCheckpoint() throws {
    for call in Self.changes {
      try atEvery(call, "signal=SIGKILL", steps: 30) { result, run, number in
        let point = try resume(run)
        XCTAssertTrue([20, 30].contains(point.state.step), "\(call) \(number)")
        // Whatever the kill left, the run can go on and ends with nothing odd in the folder.
        if call != "write" || number % 20 == 0 {
          let next = try save(40, into: run)
          XCTAssertEqual(next.status, 0, next.report)
          XCTAssertEqual(try resume(run).state.step, 40)
          try assertTidy(run, "\(call) \(number)")
        }
      }
    }
  }

  func testAKillWhileAStepIsSavedAgainLeavesAWholeCheckpoint() throws {
    for call in ["fsync", "rename", "unlink", "rmdir"] {
      try atEvery(call, "signal=SIGKILL", steps: 20) { result, run, number in
        XCTAssertEqual(try resume(run).state.step, 20, "\(call) \(number)")
      }
    }
  }

  func testACallThatFailsIsAnErrorAndLeavesWhatWasThere() throws {
    for (call, error, text) in [
      ("write", "ENOSPC", "No space left on device"), ("write", "EIO", "Input/output error"),
      ("fsync", "EIO", "Input/output error"), ("rename", "EIO", "Input/output error"),
      ("mkdir", "ENOSPC", "No space left on device"),
      ("symlink", "ENOSPC", "No space left on device"),
    ] {
      try atEvery(call, "error=\(error)", steps: 30, stride: call == "write" ? 13 : 1) {
        result, run, number in
        XCTAssertEqual(result.status, 1, result.report)
        XCTAssertTrue(result.standardError.hasPrefix("error: "), result.report)
        XCTAssertTrue(result.standardError.contains(text), result.report)
        XCTAssertTrue([20, 30].contains(try resume(run).state.step), "\(call) \(number)")
        for step in [20, try resume(run).state.step] {
          XCTAssertNoThrow(
            try Checkpoint(path: "\(try place(run))/checkpoints/step-\(step)").verify())
        }
        XCTAssertNoThrow(
          try CheckpointStore(directory: "\(try place(run))/checkpoints").last?.verify())
        try assertTidy(run, "\(call) \(number)", mayHoldAll: true)
      }
    }
  }

  func testAFullDiskIsAnErrorThatSaysSo() throws {
    guard geteuid() == 0, let unshare = installedProgram("unshare") else {
      throw XCTSkip("Only root may mount a small disk.")
    }
    let program = try builtProgram("checkpoint-cases")
    let disk = try place("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    let script = """
      mount -t tmpfs -o size=720k none "$2" || exit 77
      "$1" "$2/run" 10 20 || exit 78
      "$1" "$2/run" 30 && exit 79
      "$3" inspect "$2/run/checkpoints/last" && ls -A "$2/run/checkpoints"
      """
    let result = try runProgram(
      unshare,
      ["--mount", "sh", "-c", script, "sh", program, disk, try builtProgram("refers-mpi")])
    try XCTSkipIf(result.status == 77 || result.status == 1 && result.lines.isEmpty, result.report)
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertTrue(result.standardError.contains("No space left on device"), result.report)
    XCTAssertTrue(result.standardError.contains("Free space on that disk"), result.report)
    XCTAssertTrue(result.lines.contains("step        20 of 260"), result.report)
    XCTAssertEqual(result.lines.suffix(4), ["best", "last", "step-10", "step-20"])
  }

  /// Plays the fault at the first call, the second and so on, each on a fresh copy of the run, until
  /// there are no more.
  private func atEvery(
    _ call: String, _ fault: String, steps step: Int, stride: Int = 1,
    _ check: (ProgramResult, String, Int) throws -> Void
  ) throws {
    var number = 1
    while true {
      let run = "\(call)-\(number)"
      try? FileManager.default.removeItem(atPath: try place(run))
      try FileManager.default.copyItem(atPath: try place("made"), toPath: try place(run))
      defer { _ = try? FileManager.default.removeItem(atPath: place(run)) }
      let result = try runProgram(
        strace,
        [
          "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e",
          "inject=\(call):\(fault):when=\(number)", try builtProgram("checkpoint-cases"),
          try place(run), String(step),
        ])
      if result.status == 0 { break }
      try check(result, run, number)
      number += stride
    }
    XCTAssertGreaterThan(number, 1, "\(call) is never called")
  }

  private func save(
    _ step: Int, into run: String, before: [Int] = []
  ) throws -> ProgramResult {
    try runProgram(
      try builtProgram("checkpoint-cases"), [try place(run)] + (before + [step]).map(String.init))
  }

  /// What `pretrain --resume` would go on from.
  private func resume(_ run: String) throws -> ResumePoint {
    var loader = ConfigurationLoader()
    loader.add(
      ConfigurationAssignment(path: "output", value: .text(try place(run)), origin: "--output"))
    let start = try RunStart.resuming(.last, loader, build: { try .current($0) }, program: "test")
      .start
    let point = try XCTUnwrap(start.point)
    // A checkpoint of one step throughout.
    let tensors = [
      try Checkpoint(path: point.path).model(), try Checkpoint(path: point.path).training(),
    ]
    for (file, sign) in zip(tensors, [1, -1]) {
      let name = try XCTUnwrap(file.entries.first?.name)
      let values: [Float] = try file.values(of: name)
      XCTAssertEqual(values.first, Float(sign * point.state.step))
    }
    return point
  }

  private func assertTidy(_ run: String, _ message: String, mayHoldAll: Bool = false) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(try place(run))/checkpoints")
    XCTAssertTrue(names.allSatisfy { !$0.hasPrefix(".") }, "\(message): \(names)")
    if !mayHoldAll { XCTAssertLessThanOrEqual(names.count, 4, "\(message): \(names)") }
  }

  private func place(_ name: String) throws -> String { try XCTUnwrap(folder).file(name) }
}
