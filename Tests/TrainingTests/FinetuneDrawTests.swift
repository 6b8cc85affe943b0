import Foundation
import REFERS
import TestSupport
import XCTest

/// Several draws and learning rates: killed, gone on with, and what the other commands make of them.
final class FinetuneDrawTests: FinetuneCase {
  private let files = ["result.json", "predictions-test.csv", "predictions-validation.csv"]

  func testDrawsThatAreKilledGoOnAndAreRepeats() throws {
    let folder = try Self.shared.get()
    let arguments = [
      "--label-ratio", "0.5", "--repeats", "2", "--steps", "20", "--batch", "8", "--set",
      "checkpoint.every_steps=1",
    ]
    try finetune("whole", arguments, ranks: 1)
    let running = try RunningProgram(
      np: 2, try builtProgram("refers-mpi"), command("killed", arguments))
    try waitUntil("the second draw has a checkpoint") {
      FileManager.default.fileExists(atPath: folder.file("killed/draw-2/checkpoints/step-1"))
        || !running.isRunning
    }
    let ranks = running.children
    kill(running.identifier, SIGKILL)
    XCTAssertNotEqual(try running.wait(timeout: 30).status, 0, "It ended before it was killed.")
    try waitUntil("the ranks have ended") { !ranks.contains(where: RunningProgram.runs) }
    let partly = try runProgram(
      try builtProgram("refers-mpi"), ["evaluate", folder.file("killed")])
    XCTAssertTrue(partly.standardError.contains("killed/draw-2 has not finished"), partly.report)
    let first = try text("killed/draw-1/metrics.jsonl")
    try finetune("killed", arguments + ["--resume"], ranks: 1)
    XCTAssertEqual(try text("killed/draw-1/metrics.jsonl"), first, "a finished draw is left alone")
    for draw in 1...2 {
      for file in files {
        try assertSame("killed/draw-\(draw)/\(file)", "whole/draw-\(draw)/\(file)")
      }
    }

    let runs = try evaluate([folder.file("whole"), "--against", folder.file("killed")])
    XCTAssertEqual(runs.map { $0["name"] as? String }, ["whole/draw-1", "whole/draw-2"])
    let answer = try refersMPI(["predict", folder.file("whole"), folder.file("tree")])
    XCTAssertTrue(
      answer.standardError.contains("holds runs: draw-1, draw-2. Name one of them"), answer.report)
  }

  func testTheBestOfLearningRatesIsARun() throws {
    let folder = try Self.shared.get()
    try finetune(
      "rates", ["--learning-rates", "1e-4,1e-2", "--steps", "3", "--batch", "8"], ranks: 1)
    let best = try TargetResult(contentsOf: folder.file("rates/result.json"))
    let rate = "rates/rate-\(try XCTUnwrap(best.learningRate))"
    try assertSame("rates/training-list.txt", "\(rate)/training-list.txt")
    XCTAssertEqual(try model("rates"), try model(rate))
    let images = folder.file("tree/" + (try firstImage()))
    let out = folder.file("predicted.csv")
    let predicted = try refersMPI(["predict", folder.file("rates"), images, "--output", out])
    XCTAssertEqual(predicted.status, 0, predicted.report)
    let own = try evaluate([folder.file("rates")])
    let again = try evaluate(["--checkpoint", folder.file("rates")])
    XCTAssertEqual(own as NSArray, again as NSArray, "the name too")
    // A fine-tuned model that another starts from gives its name, not that of its own start.
    try finetune("next", ["--start", folder.file("rates"), "--steps", "1"], ranks: 1)
    let next = try TargetResult(contentsOf: folder.file("next/result.json"))
    XCTAssertEqual(next.method, rate)
  }

  func testWeightsFromAFile() throws {
    let folder = try Self.shared.get()
    let file = folder.file("vit-tiny.safetensors")
    try FileManager.default.copyItem(
      atPath: folder.file("reports/checkpoints/best/model.safetensors"), toPath: file)
    let arguments = ["--steps", "2", "--batch", "8"]
    try finetune("from-file", ["--start", file] + arguments, ranks: 1)
    try finetune("from-run", ["--start", folder.file("reports")] + arguments, ranks: 1)
    try assertSame("from-file/predictions-test.csv", "from-run/predictions-test.csv")
    try finetune("from-nothing", arguments, ranks: 1)
    XCTAssertNotEqual(
      try text("from-nothing/predictions-test.csv"), try text("from-run/predictions-test.csv"))
    let methods = try ["from-file", "from-run", "from-nothing"].map {
      try TargetResult(contentsOf: folder.file("\($0)/result.json")).method
    }
    XCTAssertEqual(methods, ["vit-tiny", "REFERS", "scratch"])
  }

  func testTrainingEndsEarlyOnAnyNumberOfRanks() throws {
    let folder = try Self.shared.get()
    let arguments = [
      "--steps", "400", "--batch", "8", "--label-ratio", "0.3", "--set", "target.patience=2",
      "--set", "validation.minimum_steps=2",
    ]
    try finetune("early", arguments, ranks: 1)
    let result = try TargetResult(contentsOf: folder.file("early/result.json"))
    XCTAssertLessThan(result.steps, 400)
    XCTAssertLessThan(result.bestStep, result.steps)
    for ranks in [2, 4] {
      let run = "early-\(ranks)"
      try finetune(run, arguments, ranks: ranks)
      for file in files { try assertSame("\(run)/\(file)", "early/\(file)") }
      XCTAssertEqual(try model(run), try model("early"))
    }
  }

  private func firstImage() throws -> String {
    let tree = try Self.shared.get().file("tree")
    return try XCTUnwrap(
      FileManager.default.subpathsOfDirectory(atPath: tree).filter { $0.hasSuffix(".jpg") }.min())
  }
}
