import Foundation
import REFERS
import TestSupport
import XCTest

/// `finetune` and `pretrain --objective labels` on tables of one's own, and by published recipes.
final class TargetTablesTests: XCTestCase {
  /// One tree of synthetic studies for all tests, and the folders of their images.
  private static let shared = Result {
    let folder = try TemporaryFolder()
    let made = try runProgram(
      try builtProgram("refers-mpi"),
      ["synthesize", "--output", folder.file("tree")]
        + ["--train", "24", "--validate", "8", "--test", "8", "--seed", "3"])
    XCTAssertEqual(made.status, 0, made.report)
    return folder
  }

  func testColumnsOfAManifestWithoutReports() throws {
    let folder = try Self.shared.get()
    var text = "study_id,images,edema,device,split\n"
    for (number, files) in try studies().enumerated() {
      let images = files.joined(separator: ";")
      text += "s\(number),\(images),\(number % 2),\(number % 3 == 0 ? "" : "1"),"
      text += number % 4 == 3 ? "val\n" : "train\n"
    }
    let manifest = try folder.write(Data(text.utf8), to: "tree/studies.csv")
    let arguments = [
      "pretrain", "--objective", "labels", "--manifest", manifest, "--labels", "edema,device",
      "--steps", "4", "--batch", "8", "--set", "checkpoint.every_steps=2",
    ]
    for ranks in [1, 4] { try run(arguments, "columns-\(ranks)", ranks: ranks) }
    XCTAssertEqual(try digest("columns-4"), try digest("columns-1"))
    try run(
      arguments + ["--resume", folder.file("columns-1/checkpoints/step-2")], "resumed", ranks: 2)
    XCTAssertEqual(try digest("resumed"), try digest("columns-1"))
    let state: TrainingState = try XCTUnwrap(
      CheckpointStore(directory: folder.file("resumed/checkpoints")).last
    ).state()
    XCTAssertEqual(state.labels?.classes, ["edema", "device"])
    let refused = try runProgram(
      try builtProgram("refers-mpi"), ["pretrain", "--manifest", manifest, "--labels", "edema"])
    XCTAssertEqual(refused.status, 64, refused.report)
  }

  func testClassesOfWhichOneIsTrue() throws {
    let folder = try Self.shared.get()
    let table = try images { "\(["bacterial", "normal", "viral"][$0 % 3])" }
    let arguments = [
      "finetune", "--data", table, "--labels", "label", "--steps", "4", "--batch", "8",
    ]
    for ranks in [1, 2] {
      let result = try run(arguments, "kinds-\(ranks)", ranks: ranks)
      XCTAssertTrue(
        result.report.contains("each of one of 3 classes: bacterial "), result.report)
    }
    for file in ["predictions-test.csv", "result.json"] {
      XCTAssertEqual(try folder.data("kinds-2/\(file)"), try folder.data("kinds-1/\(file)"))
    }
    let result = try TargetResult(contentsOf: folder.file("kinds-1/result.json"))
    XCTAssertEqual(result.task, .multiClass)
    XCTAssertEqual(result.classes, ["bacterial", "normal", "viral"])
    let rows = try csvRows(folder.file("kinds-1/predictions-test.csv"))
    XCTAssertEqual(rows[0], ["image", "bacterial", "normal", "viral", "label"])
    for row in rows.dropFirst() {
      XCTAssertEqual(row[1...3].compactMap(Double.init).reduce(0, +), 1, accuracy: 1e-6)
      XCTAssertTrue(result.classes.contains(row[4]), "\(row)")
    }
    // The model answers for the same table, in which finetune and predict find the same images.
    let path = folder.file("predicted.csv")
    let predicted = try runProgram(
      try builtProgram("refers-mpi"), ["predict", folder.file("kinds-1"), table, "--output", path])
    XCTAssertEqual(predicted.status, 0, predicted.report)
    let all = Dictionary(
      uniqueKeysWithValues: try csvRows(path).dropFirst().map { ($0[0], $0[1...3]) })
    for row in rows.dropFirst() {
      let own = try XCTUnwrap(all[row[0]]).compactMap(Double.init)
      for (a, b) in zip(own, row[1...3].compactMap(Double.init)) {
        XCTAssertEqual(a, b, accuracy: 1e-5)
      }
    }
    let evaluated = try runProgram(
      try builtProgram("refers-mpi"),
      ["evaluate", folder.file("kinds-1"), "--samples", "0"])
    XCTAssertEqual(evaluated.status, 0, evaluated.report)
  }

  func testALinearHeadOnFourRanks() throws {
    let folder = try Self.shared.get()
    let table = try images { "\($0 % 2)" }
    for ranks in [1, 4] {
      try run(
        ["finetune", "--data", table, "--linear-probe"], "probe-\(ranks)", ranks: ranks)
    }
    XCTAssertEqual(try digest("probe-4"), try digest("probe-1"))
    XCTAssertEqual(
      try folder.data("probe-4/predictions-test.csv"),
      try folder.data("probe-1/predictions-test.csv"))
  }

  /// The rates of paper and public code for a set whose layout the files tell.
  func testRecipesOfAPublishedSet() throws {
    let folder = try Self.shared.get()
    let set = folder.file("shenzhen")
    try FileManager.default.createDirectory(
      atPath: set, withIntermediateDirectories: true)
    for (number, file) in try studies().joined().enumerated() {
      let name = "CHNCXR_\(1000 + number)_\(number % 2).jpg"
      try FileManager.default.copyItem(
        atPath: folder.file("tree/\(file)"), toPath: "\(set)/\(name)")
    }
    for (recipe, rate) in [("paper", 3e-3), ("code", 3e-2)] {
      for ranks in [1, 2] {
        try run(
          ["finetune", "--data", set, "--recipe", recipe, "--steps", "3", "--batch", "12"],
          "\(recipe)-\(ranks)", ranks: ranks)
      }
      XCTAssertEqual(try digest("\(recipe)-2"), try digest("\(recipe)-1"))
      let yaml = String(decoding: try folder.data("\(recipe)-1/configuration.yaml"), as: UTF8.self)
      let saved = try Configuration(yaml: yaml, name: "configuration.yaml")
      XCTAssertEqual(saved.optimizer.name, .sgd)
      XCTAssertEqual(saved.optimizer.learningRate.radiograph, rate)
      XCTAssertEqual(saved.target.layout, .shenzhen)
      XCTAssertEqual(saved.target.patience, 20)
      XCTAssertEqual(
        saved.augmentation.form, recipe == "code" ? .codeFineTuning : .paper)
    }
  }

  /// The images of each study, by their paths in the tree.
  private func studies() throws -> [[String]] {
    let names = try FileManager.default.subpathsOfDirectory(
      atPath: try Self.shared.get().file("tree"))
    let images = names.filter { $0.hasSuffix(".jpg") }.sorted()
    let folders = Dictionary(grouping: images) { $0.split(separator: "/").dropLast() }
    return folders.values.sorted { $0[0] < $1[0] }
  }

  /// A CSV of the first image of each study with a label, by the study's number.
  private func images(_ label: (Int) -> String) throws -> String {
    var text = "filename,label,split\n"
    for (number, files) in try studies().enumerated() {
      let split = ["train", "train", "train", "train", "val", "test"][number / 3 % 6]
      text += "\(files[0]),\(label(number)),\(split)\n"
    }
    let name = "tree/images-\(UUID().uuidString).csv"
    return try Self.shared.get().write(Data(text.utf8), to: name)
  }

  @discardableResult
  private func run(
    _ arguments: [String], _ output: String, ranks: Int
  ) throws -> ProgramResult {
    let result = try mpirun(
      np: ranks, try builtProgram("refers-mpi"),
      arguments + ["--output", try Self.shared.get().file(output)] + smallModelOptions)
    XCTAssertEqual(result.status, 0, "\(output): \(result.report)")
    return result
  }

  private func digest(_ run: String) throws -> String {
    try sha256(ofFile: try Self.shared.get().file("\(run)/checkpoints/last/model.safetensors"))
  }
}
