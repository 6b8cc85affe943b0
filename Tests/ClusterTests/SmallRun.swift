import Foundation
import REFERS
import TestSupport
import XCTest

/// A run of pre-training of a few thousand parameters, to be interrupted and continued.
struct SmallRun {
  static let steps = 200

  let folder: TemporaryFolder

  /// The folder of the run.
  let output: String

  init(_ name: String, in folder: TemporaryFolder) {
    self.folder = folder
    output = folder.file(name)
  }

  /// The options of `pretrain`, but for those of the folder.
  static var options: [String] {
    let values = [
      "data.synthetic.train=200", "data.synthetic.validate=8", "model.decoder.dropout=0.1",
      "optimizer.lookahead.enabled=true",
    ]
    return ["--steps", String(steps), "--batch", "8"] + smallModelOptions
      + values.flatMap { ["--set", $0] }
  }

  /// What is passed to the program.
  var arguments: [String] {
    ["pretrain", "--resume", "last", "--output", output] + Self.options
  }

  /// The digest of the model of a run that nobody disturbs; checks that it ended well.
  static func undisturbed(in folder: TemporaryFolder) throws -> String {
    let run = SmallRun("undisturbed", in: folder)
    let result = try runProgram(try builtProgram("refers-mpi"), run.arguments)
    XCTAssertEqual(result.status, 0, result.report)
    return try run.digest()
  }

  /// Steps that the run has told of so far, those told twice counted twice.
  var stepsTold: Int {
    let text = (try? String(contentsOfFile: "\(output)/metrics.jsonl", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").count
  }

  /// Waits until a program, or what it started, has done some steps more than `told`.
  func waitForSteps(after told: Int = 0, of program: RunningProgram? = nil) throws {
    try waitUntil("\(output) goes on", timeout: 40) {
      if let program, !program.isRunning {
        throw Ended(report: try program.wait().report)
      }
      return stepsTold >= told + 5
    }
  }

  private struct Ended: Error, CustomStringConvertible {
    let report: String
    var description: String { "ended too early: \(report)" }
  }

  /// The step of the newest checkpoint.
  func savedStep() throws -> Int {
    let checkpoint = try XCTUnwrap(CheckpointStore(directory: "\(output)/checkpoints").last)
    try checkpoint.verify()
    let state: TrainingState = try checkpoint.state()
    return state.step
  }

  func digest() throws -> String {
    try sha256(ofFile: "\(output)/checkpoints/last/model.safetensors")
  }
}

/// A file of the repository.
func repositoryFile(_ path: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(path).path
}
