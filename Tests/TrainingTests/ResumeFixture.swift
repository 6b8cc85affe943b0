import Foundation
import REFERS
import TestSupport
import XCTest

/// Runs of a model of a few thousand parameters in one folder, on the same synthetic studies.
struct ResumeFixture {
  let folder: TemporaryFolder
  static let steps = 12

  init() throws { folder = try TemporaryFolder() }

  /// Everything that decides the result, and a checkpoint every other step.
  static let flags: [String] =
    ["--steps", String(steps), "--batch", "13"] + smallModelOptions
    + [
      "data.synthetic.train=64", "data.synthetic.validate=10", "optimizer.lookahead.enabled=true",
      "optimizer.lookahead.steps=3", "model.decoder.dropout=0.1", "checkpoint.every_steps=2",
      "compute.blas=openblas",
    ].flatMap { ["--set", $0] }

  func output(_ name: String) -> String { folder.file(name) }

  /// Starts `pretrain` on a number of ranks; 1 without mpirun.
  func start(_ name: String, _ arguments: [String], ranks: Int) throws -> RunningProgram {
    let program = try builtProgram("refers-mpi")
    let all = ["pretrain", "--output", output(name)] + arguments
    return ranks == 1
      ? try RunningProgram(program, all) : try RunningProgram(np: ranks, program, all)
  }

  /// `pretrain` to its end.
  func finish(
    _ name: String, _ arguments: [String], ranks: Int, environment: [String: String] = [:]
  ) throws -> ProgramResult {
    let program = try builtProgram("refers-mpi")
    let all = ["pretrain", "--output", output(name)] + arguments
    return ranks == 1
      ? try runProgram(program, all, environment: environment)
      : try mpirun(np: ranks, program, all, environment: environment)
  }

  /// The SHA-256 of the last model.
  func digest(_ name: String) throws -> String {
    try sha256(ofFile: output(name) + "/checkpoints/last/model.safetensors")
  }

  /// What the links name.
  func links(_ name: String) throws -> [String] {
    try ["last", "best"].map {
      try FileManager.default.destinationOfSymbolicLink(
        atPath: output(name) + "/checkpoints/" + $0)
    }
  }

  /// Event, step and loss of each line of metrics.jsonl: all that does not depend on the clock.
  func metrics(_ name: String) throws -> [String] {
    try String(contentsOfFile: output(name) + "/metrics.jsonl", encoding: .utf8)
      .split(separator: "\n").map { line in
        let object = try XCTUnwrap(
          JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], String(line))
        return ["event", "step", "epoch", "loss", "contrast_loss", "language_loss", "best"]
          .map { "\(object[$0] ?? "")" }.joined(separator: " ")
      }
  }

  /// Lines that a run has written so far.
  func lines(_ name: String) -> Int {
    let data = FileManager.default.contents(atPath: output(name) + "/metrics.jsonl") ?? Data()
    return data.count { $0 == UInt8(ascii: "\n") }
  }

  func hasCheckpoint(_ name: String) throws -> Bool {
    try !CheckpointStore(directory: output(name) + "/checkpoints").steps().isEmpty
  }
}
