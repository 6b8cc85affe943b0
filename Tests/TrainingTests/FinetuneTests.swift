import Foundation
import REFERS
import TestSupport
import XCTest

/// `refers-mpi finetune` and `pretrain --objective labels` from their data to their results, with a
/// model of a few thousand parameters.
final class FinetuneTests: FinetuneCase {
  func testTheResultIsTheSameOnAnyNumberOfRanksAndAfterAKill() throws {
    let folder = try Self.shared.get()
    let from = ["--start", folder.file("reports"), "--steps", "8", "--batch", "12"]
    try finetune("one", from + ["--threads", "2"], ranks: 1)
    let files = ["predictions-test.csv", "predictions-validation.csv", "result.json"]
    for ranks in [2, 4] {
      try finetune("on-\(ranks)", from, ranks: ranks)
      for file in files { try assertSame("on-\(ranks)/\(file)", "one/\(file)") }
      XCTAssertEqual(try model("on-\(ranks)"), try model("one"))
    }
    // Ended by its limit of time after a step or two, and gone on with.
    let stopped = try run(
      "stopped", from + ["--set", "checkpoint.every_steps=1", "--time-limit", "0:0:1"], ranks: 2)
    XCTAssertEqual(stopped.status, 75, stopped.report)
    try finetune("stopped", from + ["--set", "checkpoint.every_steps=1", "--resume"], ranks: 1)
    for file in files { try assertSame("stopped/\(file)", "one/\(file)") }
    // Once more, and nothing is left to do.
    let again = try run(
      "stopped", from + ["--set", "checkpoint.every_steps=1", "--resume"], ranks: 1)
    XCTAssertEqual(again.status, 0, again.report)
    XCTAssertFalse(again.standardError.contains("parameters"), again.report)

    // The checkpoint answers for its own data as its run did.
    let evaluations = try [(1, [folder.file("one")]), (2, ["--checkpoint", folder.file("one")])]
      .map { ranks, arguments in
        let json = folder.file("evaluation-\(ranks).json")
        let result = try mpirun(
          np: ranks, try builtProgram("refers-mpi"),
          ["evaluate", "--samples", "0", "--json", json] + arguments)
        XCTAssertEqual(result.status, 0, result.report)
        let text = try String(contentsOfFile: json, encoding: .utf8)
        return text.replacing(#/"name" : "[^"]*"/#, with: "")
      }
    XCTAssertEqual(evaluations[0], evaluations[1])

    let result = try TargetResult(contentsOf: folder.file("one/result.json"))
    XCTAssertEqual(result.method, "REFERS")
    XCTAssertEqual(result.classes.count, 14)
    XCTAssertEqual(try permissions(folder.file("one/predictions-test.csv")), 0o600)
    XCTAssertEqual(try permissions(folder.file("one/training-list.txt")), 0o600)
  }

  func testDrawsAndLearningRates() throws {
    let folder = try Self.shared.get()
    try finetune(
      "draws",
      [
        "--label-ratio", "0.5", "--repeats", "2", "--learning-rates", "1e-3,1e-2", "--steps", "3",
        "--batch", "8",
      ], ranks: 2)
    let lists = try [1, 2].map { try text("draws/draw-\($0)/rate-0.001/training-list.txt") }
    XCTAssertNotEqual(lists[0], lists[1])
    for draw in 1...2 {
      let best = try TargetResult(contentsOf: folder.file("draws/draw-\(draw)/result.json"))
      let compared = try [0.001, 0.01].map {
        try TargetResult(contentsOf: folder.file("draws/draw-\(draw)/rate-\($0)/compared.json"))
      }
      XCTAssertEqual(
        best.validationAUC, compared.compactMap(\.validationAUC).max(), "the best by validation")
      XCTAssertEqual(best.draw, draw)
    }
    // The same draw for another way to start.
    try finetune(
      "other",
      [
        "--label-ratio", "0.5", "--steps", "1", "--batch", "8", "--start",
        folder.file("reports"),
      ], ranks: 1)
    XCTAssertEqual(try text("other/training-list.txt"), lists[0])
  }

  func testRepeatsOnAllImagesAreTrainedByOtherRandomNumbers() throws {
    try finetune("all", ["--repeats", "2", "--steps", "2", "--batch", "8"], ranks: 2)
    let lists = try [1, 2].map { try text("all/draw-\($0)/training-list.txt") }
    XCTAssertEqual(lists[0], lists[1])
    XCTAssertNotEqual(try model("all/draw-1"), try model("all/draw-2"))
    let tests = try [1, 2].map { try text("all/draw-\($0)/predictions-test.csv") }
    let images = tests.map { text in
      text.split(separator: "\n").map { $0.split(separator: ",").first }
    }
    XCTAssertEqual(images[0], images[1], "the parts are those of the seed")
    XCTAssertNotEqual(tests[0], tests[1])
  }

  func testALinearHeadAlone() throws {
    let folder = try Self.shared.get()
    let options = ["--start", folder.file("reports"), "--linear-probe"]
    try finetune("probe", options, ranks: 1)
    try finetune("probe-2", options, ranks: 2)
    try assertSame("probe-2/predictions-test.csv", "probe/predictions-test.csv")
    let (own, backbone) = (try tensors("probe"), try tensors("reports"))
    let name = "visual.vit.transformer.encoder.encoder_norm.weight"
    let (kept, given): ([Float], [Float]) = (
      try own.values(of: name), try backbone.values(of: name)
    )
    XCTAssertEqual(kept, given)
    XCTAssertNotNil(own.entry(named: "head.weight"))
  }

  func testPretrainingOnLabels() throws {
    let folder = try Self.shared.get()
    let arguments = [
      "pretrain", "--objective", "labels", "--data", folder.file("tree"), "--steps", "3",
      "--batch", "12",
    ]
    for (name, ranks) in [("labels", 1), ("labels-2", 2)] {
      let result = try mpirun(
        np: ranks, try builtProgram("refers-mpi"),
        arguments + ["--output", folder.file(name)] + Self.small)
      XCTAssertEqual(result.status, 0, result.report)
    }
    XCTAssertEqual(try model("labels-2"), try model("labels"))
    // What it has learned serves as a start, under its own name.
    try finetune("from-labels", ["--start", folder.file("labels"), "--steps", "1"], ranks: 1)
    XCTAssertEqual(
      try TargetResult(contentsOf: folder.file("from-labels/result.json")).method,
      "LSP (Transformer)")
  }

  func testWhatCannotBeUsedIsSaidOnce() throws {
    let folder = try Self.shared.get()
    let labels = folder.file("labels.csv")
    try Data("image,a,split\nx.png,1,train\n".utf8).write(to: URL(fileURLWithPath: labels))
    let cases: [(arguments: [String], message: String)] = [
      (["--data", folder.file("nothing")], "nothing"),
      (["--data", labels], "No image is for training"),
      (["--data", labels, "--labels", "b"], "b"),
      (["--start", folder.file("nowhere")], "nowhere"),
      (
        ["--start", folder.file("reports"), "--set", "model.radiograph.width=96"],
        "width 48, not 96"
      ),
      (["--start", folder.file("reports"), "--preset", "small"], "preset is tiny in"),
      (["--recipe", "code"], "target.recipe"),
      (["--label-ratio", "0"], "target.label_ratio"),
      (["--linear-probe", "--repeats", "2"], "the same in each of 2 repeats"),
      (["--linear-probe", "--learning-rates", "1e-3,1e-2"], "has no learning rate"),
    ]
    for (arguments, message) in cases {
      for ranks in [1, 2] {
        let data = arguments.contains("--data") ? [] : ["--data", folder.file("tree")]
        let result = try mpirun(
          np: ranks, try builtProgram("refers-mpi"),
          ["finetune", "--output", folder.file("bad"), "--steps", "1"] + Self.small + data
            + arguments)
        XCTAssertNotEqual(result.status, 0, "\(arguments): \(result.report)")
        let errors = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error") }
        XCTAssertEqual(errors.count, 1, "\(arguments): \(result.report)")
        XCTAssertTrue(errors.first?.contains(message) ?? false, "\(arguments): \(result.report)")
      }
    }
  }
}
