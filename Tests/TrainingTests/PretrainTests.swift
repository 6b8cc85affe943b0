import Foundation
import REFERS
import TestSupport
import XCTest

/// `refers-mpi pretrain` from its data to its checkpoints, with a model of a few thousand
/// parameters.
final class PretrainTests: XCTestCase {
  private var folder = URL(fileURLWithPath: "/")

  override func setUpWithError() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("refers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  override func tearDownWithError() throws { try FileManager.default.removeItem(at: folder) }

  func testSyntheticStudies() throws {
    let data = ["--set", "data.synthetic.train=64", "--set", "data.synthetic.validate=10"]
    let arguments = ["--steps", "4", "--batch", "13"] + data
    try pretrain(arguments + ["--output", path("two")], ranks: 2)
    let names = try FileManager.default.contentsOfDirectory(atPath: path("two"))
    for name in ["configuration.yaml", "metrics.jsonl", "vocab.txt", "checkpoints"] {
      XCTAssertTrue(names.contains(name), "\(names)")
    }
    XCTAssertTrue(names.contains { $0.contains("tfevents") }, "\(names)")
    let saved = try Configuration(yaml: text("two/configuration.yaml"), name: "configuration.yaml")
    XCTAssertEqual(saved.training.batch, 13)
    XCTAssertEqual(saved.model.radiograph.width, 48)

    let metrics = try text("two/metrics.jsonl").split(separator: "\n").map {
      try XCTUnwrap(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    XCTAssertGreaterThanOrEqual(metrics.count, 6, "four steps, a validation at each end")
    for line in metrics {
      let total = line.first { $0.key == "loss" || $0.key == "total" }?.value as? Double
      XCTAssertTrue(try XCTUnwrap(total, "\(line)").isFinite)
    }
    let words = try text("two/vocab.txt").split(separator: "\n")
    XCTAssertTrue(words.contains("[CLS]") && words.contains("[SEP]") && words.count <= 150)

    let checkpoint = try XCTUnwrap(CheckpointStore(directory: path("two/checkpoints")).last)
    try checkpoint.verify()
    let state: TrainingState = try checkpoint.state()
    XCTAssertEqual(state.step, 4)
    XCTAssertEqual(state.configuration, saved)
    let embedding = try XCTUnwrap(
      checkpoint.model().entry(named: "visual.vit.transformer.embeddings.position_embeddings"))
    XCTAssertEqual(embedding.shape, [1, 17, 48])

    // The same studies, now read from where the first run wrote them; a thread more.
    try pretrain(arguments + ["--output", path("one"), "--threads", "2"], ranks: 1)
    XCTAssertEqual(try digest("one"), try digest("two"))
    try pretrain(arguments + ["--output", path("other"), "--seed", "2"], ranks: 1)
    XCTAssertNotEqual(try digest("other"), try digest("two"))
  }

  func testAManifestInEveryMode() throws {
    let manifest = try manifest(studies: 14)
    for mode in ["default", "paper", "code2022"] {
      // Eleven studies to train on: the third step has one, which two of three ranks do without.
      let digests = try [1, 3].map { ranks in
        let output = "\(mode)-\(ranks)"
        try pretrain(
          [
            "--manifest", manifest, "--mode", mode, "--steps", "3", "--batch", "5", "--output",
            path(output), "--set",
            "text.decoder_vocabulary_size=\(mode == "code2022" ? 120 : 0)",
          ], ranks: ranks)
        return try digest(output)
      }
      XCTAssertEqual(digests[0], digests[1], mode)
    }
    XCTAssertTrue(FileManager.default.fileExists(atPath: path("code2022-1/decoder-vocab.txt")))
  }

  /// Synthesized radiographs and reports as the CSV that anyone would write of their own.
  private func manifest(studies: Int) throws -> String {
    let made = try runProgram(
      try builtProgram("refers-mpi"),
      [
        "synthesize", "--train", String(studies), "--validate", "0", "--test", "0", "--output",
        path("images"),
      ])
    XCTAssertEqual(made.status, 0, made.report)
    let names = try FileManager.default.subpathsOfDirectory(atPath: path("images")).sorted()
    var rows = ["study_id,images,report,split"]
    for (number, report) in names.filter({ $0.hasSuffix(".txt") }).enumerated() {
      let study = String(report.dropLast(4))
      let images = names.filter { $0.hasPrefix(study + "/") && $0.hasSuffix(".jpg") }
      let quoted = try text("images/\(report)").replacingOccurrences(of: "\"", with: "\"\"")
      rows.append(
        "\(number),\(images.map { "images/\($0)" }.joined(separator: ";")),\"\(quoted)\","
          + (number % 4 == 3 ? "validate" : "train"))
    }
    XCTAssertEqual(rows.count, 1 + studies)
    try Data((rows.joined(separator: "\n") + "\n").utf8).write(
      to: folder.appendingPathComponent("reports.csv"))
    return path("reports.csv")
  }

  private func pretrain(_ arguments: [String], ranks: Int, line: UInt = #line) throws {
    let all = ["pretrain"] + smallModelOptions + arguments
    let program = try builtProgram("refers-mpi")
    let result =
      ranks == 1 ? try runProgram(program, all) : try mpirun(np: ranks, program, all)
    XCTAssertEqual(result.status, 0, result.report, line: line)
  }

  private func digest(_ output: String) throws -> String {
    try sha256(ofFile: path("\(output)/checkpoints/last/model.safetensors"))
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }
}
