import Foundation
import REFERS
import TestSupport
import XCTest

/// Something goes wrong on one rank of two or three: all end within seconds, one message says
/// where, and what was saved stays whole.
final class PlantedFaultTests: XCTestCase {
  private var folder: TemporaryFolder!

  override func setUpWithError() throws { folder = try TemporaryFolder() }
  override func tearDown() { folder = nil }

  /// An error in each phase, on the first and on the last rank.
  func testAnErrorInEachPhase() throws {
    let phases: [(PhaseMonitor.Phase, step: Int)] =
      [(.preparing, 0), (.validation, 0)]
      + [.loading, .forward, .contrast, .backward, .exchange, .update, .saving].map { ($0, 4) }
    withEvery("phase", phases) { phase, step in
      let rank = step == 0 || phase == .backward ? 0 : 1
      let result = try train(
        np: 2, ["--fault", "error", "--phase", phase.rawValue, "--step", "\(step)"], rank: rank)
      expectEnded(result, saying: "error (rank \(rank) of 2): ", "A fault was planted.")
      let place = step == 0 ? phase.rawValue : "step \(step), \(phase.rawValue)"
      expect(result.standardError.contains(place), result.report)
      try expectWhole(after: step)
    }
  }

  func testARankThatIsGone() throws {
    withEvery("fault", ["exit", "kill"]) { fault in
      let result = try train(
        np: 3, ["--fault", fault, "--phase", PhaseMonitor.Phase.forward.rawValue, "--step", "4"],
        rank: 2)
      expect(result.status != 0 && !result.timedOut, result.report)
      try expectWhole(after: 4)
    }
  }

  /// The others do not wait for ever; they say whom they did not hear.
  func testARankThatHangs() throws {
    let result = try train(
      np: 2, ["--fault", "hang", "--phase", PhaseMonitor.Phase.backward.rawValue, "--step", "4"],
      rank: 1)
    expectEnded(result, saying: "rank 1")
    try expectWhole(after: 4)
  }

  /// One bit of one weight: found at the next comparison, before anything is saved.
  func testAParameterThatDiffers() throws {
    withEvery("rank", [1, 2]) { rank in
      let result = try train(
        np: 3, ["--fault", "bit", "--phase", PhaseMonitor.Phase.update.rawValue, "--step", "4"],
        rank: rank)
      expectEnded(
        result, saying: "Rank \(rank) holds other values of",
        "visual.vit.transformer.encoder.layer.0.ffn.fc1.weight", "step 4")
      try expectWhole(after: 4)
    }
  }

  func testAWeightThatIsNotANumber() throws {
    withEvery("skip", ["0", "1"]) { skip in
      let result = try train(
        np: 2,
        ["--fault", "nan", "--phase", PhaseMonitor.Phase.loading.rawValue, "--step", "4"]
          + ["--skip", skip], rank: nil)
      expectEnded(result, saying: "step 4", "contrastive_bert.fc.weight")
      try expectWhole(after: 4)
    }
  }

  /// Weights that an update spoiled are not saved, and nothing is given up for them.
  func testSpoiledWeightsAreNotSaved() throws {
    let result = try train(
      np: 2, ["--fault", "nan", "--phase", PhaseMonitor.Phase.saving.rawValue, "--step", "4"],
      rank: nil)
    expectEnded(result, saying: "step 4", "contrastive_bert.fc.weight not finite")
    try expectWhole(after: 4)
  }

  /// A study that overflows is named; told to, the run goes on without the step.
  func testAStudyThatIsNotFinite() throws {
    let fault = [
      "--fault", "overflow", "--phase", PhaseMonitor.Phase.loading.rawValue, "--step", "4",
    ]
    let stopped = try train(np: 2, fault, rank: nil)
    expectEnded(stopped, saying: "step 4", "not finite: study ", "report")
    try expectWhole(after: 4)

    let skipping = try train(np: 2, fault + ["--skip", "1"], rank: nil)
    XCTAssertEqual(skipping.status, 0, skipping.report)
    XCTAssertTrue(skipping.standardError.contains("step 4 skipped"), skipping.report)
    let alone = try train(np: 1, fault + ["--skip", "1"], rank: nil)
    XCTAssertEqual(alone.status, 0, alone.report)
  }

  private func train(np: Int, _ arguments: [String], rank: Int?) throws -> ProgramResult {
    try? FileManager.default.removeItem(atPath: folder.file("run"))
    return try mpirun(
      np: np, try builtProgram("training-cases"),
      ["fault", "--output", folder.file("run")] + arguments
        + (rank.map { ["--rank", String($0)] } ?? []), timeout: 60)
  }

  /// A non-zero exit and one message, with the words.
  private func expectEnded(_ result: ProgramResult, saying words: String..., line: UInt = #line) {
    expect(result.status != 0 && !result.timedOut, result.report, line: line)
    let errors = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error") }
    expectEqual(errors.count, 1, result.report, line: line)
    for word in words {
      expect(errors.first?.contains(word) == true, "no `\(word)`: \(result.report)", line: line)
    }
  }

  /// The checkpoint of the last even step before the fault is there and whole, and none after it.
  private func expectWhole(after step: Int, line: UInt = #line) throws {
    let saved = (step - 1) / 2 * 2
    let folder = "\(folder.file("run"))/checkpoints"
    guard saved > 0 else {
      return expect(!FileManager.default.fileExists(atPath: folder), folder, line: line)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let steps = names.compactMap { Int($0.dropFirst(5)) }
    expectEqual(steps.max(), saved, "\(names)", line: line)
    try Checkpoint(path: "\(folder)/step-\(saved)").verify()
  }
}
