import Foundation
import REFERS
import TestSupport
import XCTest

/// Labels of a table: other data than a classifier was trained on, and classes of one value.
final class FinetuneDataTests: FinetuneCase {
  private var quick: [String] { ["--steps", "2", "--batch", "8"] }

  private func parity(_ rest: @escaping (Int) -> String = { _ in "" }) -> (Int) -> String {
    { "p\($0 / 2),\($0 % 3 == 0 ? 1 : 0)\(rest($0))" }
  }

  func testOfOtherDataTheRunSaysItsClassesAlone() throws {
    let folder = try Self.shared.get()
    let own = try table(
      "own/labels.csv", 60, header: "patient_id,edema,kind", parity { $0 < 50 ? ",a" : ",b" })
    try finetune(
      "table",
      quick + [
        "--data", own, "--labels", "edema", "--only", "kind=a", "--images", folder.file("tree"),
      ], ranks: 1)
    let run = ["--checkpoint", folder.file("table")]
    XCTAssertEqual(
      try evaluate(run).compactMap(images),
      try evaluate([folder.file("table")])
        .compactMap(images))

    // Same names of images in a folder of its own, which has none yet, and no column kind.
    let other = try table(
      "other/labels.csv", 20, header: "patient_id,edema,split",
      images: { $0.replacing("/", with: "-") },
      parity { _ in ",test" })
    let missing = try runProgram(
      try builtProgram("refers-mpi"), ["evaluate", "--data", other] + run)
    XCTAssertEqual(missing.status, 1, missing.report)
    XCTAssertFalse(missing.standardError.contains("kind"), missing.report)
    let found = try FileManager.default.subpathsOfDirectory(atPath: folder.file("tree"))
      .filter { $0.hasSuffix(".jpg") }.sorted().prefix(20)
    for image in found {
      try FileManager.default.copyItem(
        atPath: folder.file("tree/\(image)"),
        toPath: folder.file("other/" + image.replacing("/", with: "-")))
    }
    XCTAssertEqual(try evaluate(run + ["--data", other]).compactMap(images), [20])

    let plain = try table("plain/labels.csv", 40, header: "patient_id,edema", parity())
    let tested = ["--data", plain, "--images", folder.file("tree")]
    XCTAssertEqual(try evaluate(run + tested + ["--splits", "all"]).compactMap(images), [40])
    XCTAssertEqual(try evaluate(run + tested).compactMap(images), [8])
  }

  func testAClassOfOneValueAmongTheDrawnImages() throws {
    let cases: [(arguments: [String], status: Int32, words: String)] = [
      (["--label-ratio", "0.0001"], 1, "No class has two labels among 1 training image used"),
      (["--label-ratio", "0.0001", "--linear-probe"], 1, "No class has two labels"),
      (["--label-ratio", "0.1"], 0, "the training images have no two labels of:"),
      ([], 0, "the validation images have no two labels of:"),
    ]
    for (number, (arguments, status, words)) in cases.enumerated() {
      for ranks in [1, 2] {
        let result = try run("few-\(number)-\(ranks)", quick + arguments, ranks: ranks)
        XCTAssertEqual(result.status == 0, status == 0, result.report)
        XCTAssertEqual(
          result.standardError.components(separatedBy: words).count, 2, result.report)
      }
    }
  }

  func testALinearProbeHasNoLearningRate() throws {
    let folder = try Self.shared.get()
    let result = try run("rateless", ["--linear-probe"], ranks: 1)
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertTrue(result.standardOutput.contains("linear head alone"), result.report)
    XCTAssertNil(try TargetResult(contentsOf: folder.file("rateless/result.json")).learningRate)
    XCTAssertFalse(try text("rateless/result.json").contains("thresholds"))
    // Of studies, too, every image may be tested on.
    let all = try evaluate(["--checkpoint", folder.file("rateless"), "--splits", "all"])
    XCTAssertGreaterThan(try XCTUnwrap(all.compactMap(images).first), 68)
  }
}
