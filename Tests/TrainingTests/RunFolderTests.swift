import Foundation
import REFERS
import TestSupport
import XCTest

/// One run, one folder, one process at a time.
final class RunFolderTests: XCTestCase {
  private let data = ["--set", "data.synthetic.train=48", "--set", "data.synthetic.validate=8"]

  /// Runs that name no folder and start together take one each.
  func testRunsThatStartTogetherTakeAFolderEach() throws {
    let folder = try TemporaryFolder()
    let runs = try (1...3).map { seed in
      try RunningProgram(
        try builtProgram("refers-mpi"),
        ["pretrain", "--steps", "3", "--batch", "16", "--seed", "\(seed)"] + data
          + smallModelOptions, directory: folder.path)
    }
    for run in runs {
      let result = try run.wait()
      XCTAssertEqual(result.status, 0, result.report)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("runs"))
      .filter { $0.hasPrefix("pretrain") }.sorted()
    XCTAssertEqual(names, ["pretrain", "pretrain-2", "pretrain-3"])
    for name in names {
      let metrics = try String(
        contentsOfFile: folder.file("runs/\(name)/metrics.jsonl"), encoding: .utf8)
      XCTAssertEqual(metrics.split(separator: "\n").count { $0.contains("\"step\"") }, 3 + 2)
    }
  }

  /// A second process is kept out of the folder of a run, and told whose it is.
  func testASecondProcessIsKeptOut() throws {
    let folder = try TemporaryFolder()
    let output = folder.file("run")
    let options =
      ["--output", output, "--steps", "100000", "--batch", "16"] + data + smallModelOptions
    let first = try RunningProgram(try builtProgram("refers-mpi"), ["pretrain"] + options)
    try waitUntil("the run has begun") {
      FileManager.default.fileExists(atPath: output + "/metrics.jsonl")
    }
    for flags in [[], ["--resume"]] {
      let second = try runProgram(
        try builtProgram("refers-mpi"), ["pretrain"] + options + flags)
      XCTAssertEqual(second.status, 1, second.report)
      XCTAssertTrue(
        second.standardError.contains("in use by process \(first.identifier)"), second.report)
    }
    first.signal(SIGKILL)
    _ = try first.wait()
    let resumed = try RunningProgram(
      try builtProgram("refers-mpi"), ["pretrain", "--resume"] + options)
    Thread.sleep(forTimeInterval: 2)
    resumed.signal(SIGUSR1)
    let result = try resumed.wait()
    XCTAssertEqual(result.status, StopReason.exitStatus, result.report)
  }
}
