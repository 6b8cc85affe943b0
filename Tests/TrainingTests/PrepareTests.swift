import Foundation
import REFERS
import TestSupport
import XCTest

/// `refers-mpi prepare` and training from what it has written.
final class PrepareTests: XCTestCase {
  func testSynthesizePrepareAndPretrain() throws {
    let folder = try TemporaryFolder()
    try run(
      ["synthesize", "--train", "40", "--validate", "9", "--test", "0", "--output"], folder, "tree")
    // An image that is none is left out of either.
    let tree = folder.file("tree")
    let images = try FileManager.default.subpathsOfDirectory(atPath: tree)
      .filter { $0.hasSuffix(".jpg") }.sorted()
    for image in [images[2], images[11]] {
      try Data("no image".utf8).write(to: URL(fileURLWithPath: tree + "/" + image))
    }
    let made = try run(
      ["prepare", "--data", folder.file("tree"), "--size", "36", "--output"], folder, "store")
    XCTAssertTrue(made.standardOutput.contains("patients in more than one split"), made.report)
    XCTAssertTrue(
      made.lines.contains { $0.contains("neither JPEG nor PNG") && $0.hasSuffix(" 2") }, made.report
    )

    // A store is none of the layouts, and says that it is one.
    let again = try runProgram(
      try builtProgram("refers-mpi"),
      ["prepare", "--data", folder.file("store"), "--output", folder.file("again")])
    XCTAssertEqual(again.status, 1, again.report)
    XCTAssertTrue(again.standardError.contains("is a store already"), again.report)

    let labels = try runProgram(
      try builtProgram("refers-mpi"),
      [
        "pretrain", "--objective", "labels", "--data", folder.file("store"), "--output",
        folder.file("labels"),
      ])
    XCTAssertTrue(labels.standardError.contains("A store keeps no labels."), labels.report)
    // The store has what the tree has, so the model is the same, at two ranks as at one.
    let digests = try [("tree", 1), ("store", 2), ("store", 1)].map { data, ranks in
      let output = folder.file("\(data)-\(ranks)")
      let arguments =
        ["pretrain"] + smallModelOptions
        + ["--data", folder.file(data), "--steps", "4", "--batch", "13", "--output", output]
      let program = try builtProgram("refers-mpi")
      let result =
        ranks == 1
        ? try runProgram(program, arguments) : try mpirun(np: ranks, program, arguments)
      XCTAssertEqual(result.status, 0, result.report)
      return try sha256(ofFile: output + "/checkpoints/last/model.safetensors")
    }
    XCTAssertEqual(Set(digests).count, 1, "\(digests)")
  }

  func testKilledAtAnyMomentItEndsWithTheSameStore() throws {
    let folder = try TemporaryFolder()
    try run(
      ["synthesize", "--train", "400", "--validate", "40", "--test", "0", "--output"], folder,
      "tree")
    let arguments = [
      "prepare", "--data", folder.file("tree"), "--size", "64", "--workers", "2", "--output",
    ]
    try run(arguments, folder, "whole")
    let whole = try digests(folder.file("whole"))
    XCTAssertEqual(whole.count, 11)

    let program = try builtProgram("refers-mpi")
    var killed = 0
    for chunk in 0..<7 {
      let path = folder.file("chunk-\(chunk)")
      let running = try RunningProgram(program, arguments + [path])
      try? waitUntil("chunk \(chunk) is there", timeout: 20) {
        FileManager.default.fileExists(atPath: "\(path)/store.unfinished/chunk-\(chunk)")
          || !running.isRunning
      }
      running.signal(SIGKILL)
      if try running.wait().status == 128 + SIGKILL { killed += 1 }
      try run(arguments, folder, "chunk-\(chunk)")
      XCTAssertEqual(try digests(path), whole, "chunk \(chunk)")
    }
    XCTAssertGreaterThan(killed, 2)

    // Again and again in the same folder, at moments of the clock's choice.
    for moment in 0..<12 {
      let running = try RunningProgram(program, arguments + [folder.file("often")])
      usleep(UInt32(moment) * 25_000)
      running.signal(SIGKILL)
      _ = try running.wait()
    }
    try run(arguments, folder, "often")
    XCTAssertEqual(try digests(folder.file("often")), whole)
  }

  func testASplitWithoutStudiesIsWarnedOf() throws {
    let folder = try TemporaryFolder()
    try run(
      ["synthesize", "--train", "3", "--validate", "1", "--test", "0", "--output"], folder, "tree")
    let tree = folder.file("tree")
    let image = try XCTUnwrap(
      FileManager.default.subpathsOfDirectory(atPath: tree).first { $0.hasSuffix(".jpg") })
    let rows = (0..<3).map { "s\($0),\(image),The lungs are clear.,train\n" }.joined()
    try Data(("study_id,images,report,split\n" + rows).utf8)
      .write(to: URL(fileURLWithPath: tree + "/studies.csv"))
    let made = try run(
      ["prepare", "--manifest", tree + "/studies.csv", "--size", "16", "--output"], folder, "store")
    XCTAssertTrue(made.standardError.contains("no study in validate"), made.report)
    XCTAssertFalse(made.standardError.contains("no study in train"), made.report)
  }

  func testAnUnfinishedStoreIsNotTrainedOn() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("store/store.unfinished"), withIntermediateDirectories: true)
    for ranks in [1, 2] {
      let result = try mpirun(
        np: ranks, try builtProgram("refers-mpi"),
        ["pretrain", "--data", folder.file("store"), "--output", folder.file("run")])
      XCTAssertNotEqual(result.status, 0)
      let said = result.standardError.components(separatedBy: "is an unfinished store").count - 1
      XCTAssertEqual(said, 1, result.report)
    }
  }

  @discardableResult
  private func run(
    _ arguments: [String], _ folder: TemporaryFolder, _ output: String
  ) throws -> ProgramResult {
    let result = try runProgram(
      try builtProgram("refers-mpi"), arguments + [folder.file(output)], timeout: 120)
    XCTAssertEqual(result.status, 0, result.report)
    return result
  }

  private func digests(_ folder: String) throws -> [String: String] {
    var digests: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      digests[name] = try sha256(ofFile: folder + "/" + name)
    }
    return digests
  }
}
