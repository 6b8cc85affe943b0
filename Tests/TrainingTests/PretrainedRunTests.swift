import Foundation
import REFERS
import TestSupport
import XCTest

/// `refers-mpi pretrain` from files of others: runs that start from them, and what is said of bad
/// ones, at np 1 and 2.
final class PretrainedRunTests: XCTestCase {
  private var folder = URL(fileURLWithPath: "/")
  private let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/bert")

  override func setUpWithError() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("refers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: fixture, to: folder.appendingPathComponent("bert"))
  }

  override func tearDownWithError() throws { try FileManager.default.removeItem(at: folder) }

  func testARunFromBERTIsTheSameOnAnyRanksAndGoesOnWithoutTheDirectory() throws {
    let arguments = set("text.freeze_layers=1") + ["--steps", "2"]
    for ranks in [1, 2] {
      let result = try pretrain(arguments + ["--output", path("np\(ranks)")], ranks: ranks)
      XCTAssertEqual(result.status, 0, result.report)
      XCTAssertTrue(result.report.contains("'cls.predictions.bias'"), result.report)
    }
    XCTAssertEqual(try digest("np1"), try digest("np2"))
    XCTAssertEqual(
      try Data(contentsOf: URL(fileURLWithPath: path("np2/vocab.txt"))),
      try Data(contentsOf: URL(fileURLWithPath: path("bert/vocab.txt"))))
    let model = try SafetensorsFile(path: path("np2/checkpoints/last/model.safetensors"))
    let start = try SafetensorsFile(path: path("bert/model.safetensors"))
    for (name, isFrozen) in [
      ("embeddings.word_embeddings.weight", true),
      ("encoder.layer.0.output.dense.weight", true),
      ("encoder.layer.1.output.dense.weight", false),
    ] {
      let ours: [Float] = try model.values(of: "contrastive_bert.text_encoder." + name)
      let theirs: [Float] = try start.values(of: "bert." + name)
      XCTAssertEqual(ours == theirs, isFrozen, name)
    }

    // Four steps at once, and two of them once more when the directory is gone.
    let whole = try pretrain(
      set("text.freeze_layers=1") + ["--steps", "4", "--output", path("whole")], ranks: 1)
    XCTAssertEqual(whole.status, 0, whole.report)
    let first = path("whole/checkpoints/step-2")
    guard FileManager.default.fileExists(atPath: first) else {
      return XCTFail("no checkpoint of step 2")
    }
    try FileManager.default.removeItem(atPath: path("bert"))
    let program = try builtProgram("refers-mpi")
    let again = try runProgram(
      program, ["pretrain", "--resume", first, "--output", path("again")])
    XCTAssertEqual(again.status, 0, again.report)
    XCTAssertEqual(try digest("again"), try digest("whole"))
  }

  func testBadFilesAreSaidOnce() throws {
    let half = try Data(contentsOf: URL(fileURLWithPath: path("bert/vocab.txt"))).prefix(60)
    let huge = Data([0, 0, 0, 0x40, 0, 0, 0, 0]) + Data("{".utf8)
    let overlap =
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#
    let overlapping =
      withUnsafeBytes(of: UInt64(overlap.utf8.count).littleEndian) { Data($0) }
      + Data(overlap.utf8) + Data(count: 12)
    let cases: [(file: String, bytes: Data, wanted: String)] = [
      ("vocab.txt", half, "pieces, but config.json a vocab_size of 30"),
      ("model.safetensors", huge, "header"),
      ("model.safetensors", overlapping, "tensors overlap"),
      ("config.json", Data(#"{"model_type": "t5"}"#.utf8), "is of another model"),
    ]
    for (file, bytes, wanted) in cases {
      let place = URL(fileURLWithPath: path("bert/\(file)"))
      let sound = try Data(contentsOf: place)
      try bytes.write(to: place)
      for ranks in [1, 2] {
        let result = try pretrain(["--steps", "1", "--output", path("bad")], ranks: ranks)
        assertSaidOnce(result, wanted)
      }
      try sound.write(to: place)
    }
    let radiograph = path("huge.safetensors")
    try huge.write(to: URL(fileURLWithPath: radiograph))
    for ranks in [1, 2] {
      let result = try pretrain(
        set("model.radiograph.pretrained=\(radiograph)") + ["--output", path("bad")], ranks: ranks)
      assertSaidOnce(result, "huge.safetensors")
    }
  }

  // MARK: Support

  private func assertSaidOnce(_ result: ProgramResult, _ wanted: String, line: UInt = #line) {
    XCTAssertFalse(result.timedOut, result.report, line: line)
    XCTAssertNotEqual(result.status, 0, result.report, line: line)
    let messages = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error") }
    XCTAssertEqual(messages.count, 1, result.report, line: line)
    XCTAssertTrue(messages.first?.contains(wanted) ?? false, result.report, line: line)
  }

  private func set(_ assignment: String) -> [String] { ["--set", assignment] }

  private func pretrain(_ arguments: [String], ranks: Int) throws -> ProgramResult {
    let all =
      [
        "text.pretrained=" + path("bert"), "text.max_tokens=24", "image.resize=36",
        "image.crop=32", "model.radiograph.patch=8", "model.radiograph.width=48",
        "model.radiograph.blocks=1", "model.radiograph.mlp=96", "model.decoder.width=48",
        "model.decoder.mlp=96", "optimizer.warmup_steps=1", "training.batch=8",
        "data.synthetic.train=24", "data.synthetic.validate=8", "checkpoint.every_steps=2",
        "checkpoint.keep_last=9",
      ].flatMap(set) + arguments
    let program = try builtProgram("refers-mpi")
    return ranks == 1
      ? try runProgram(program, ["pretrain"] + all)
      : try mpirun(np: ranks, program, ["pretrain"] + all)
  }

  private func digest(_ output: String) throws -> String {
    try sha256(ofFile: path("\(output)/checkpoints/last/model.safetensors"))
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}
