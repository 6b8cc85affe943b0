import Foundation
import REFERS
import TestSupport
import XCTest

/// What tests of `finetune` share: a tree of synthetic studies, and a model that was pre-trained on
/// it.
class FinetuneCase: XCTestCase {
  static let small = smallModelOptions + ["--set", "target.patience=0"]

  /// One tree of synthetic studies and one pre-trained model for all tests.
  static let shared = Result {
    let folder = try TemporaryFolder()
    let program = try builtProgram("refers-mpi")
    for arguments in [
      [
        "synthesize", "--output", folder.file("tree"), "--train", "40", "--validate", "14",
        "--test", "14", "--seed", "3",
      ],
      ["pretrain", "--data", folder.file("tree"), "--output", folder.file("reports")]
        + ["--steps", "2", "--batch", "8"] + small,
    ] {
      let result = try runProgram(program, arguments, timeout: 120)
      guard result.status == 0 else { throw SetUpFailure(report: result.report) }
    }
    return folder
  }

  private struct SetUpFailure: Error { let report: String }

  /// A CSV of `count` images of the tree, line by line what `fields` says of each.
  func table(
    _ name: String, _ count: Int, header: String, images: (String) -> String = { $0 },
    _ fields: (Int) -> String
  ) throws -> String {
    let folder = try Self.shared.get()
    let found = try FileManager.default.subpathsOfDirectory(atPath: folder.file("tree"))
      .filter { $0.hasSuffix(".jpg") }.sorted().prefix(count)
    XCTAssertEqual(found.count, count)
    let lines = found.enumerated().map { "\(images($1)),\(fields($0))\n" }
    let file = URL(fileURLWithPath: folder.file(name))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(("image,\(header)\n" + lines.joined()).utf8).write(to: file)
    return file.path
  }

  /// `evaluate` with arguments; its figures as JSON.
  func evaluate(_ arguments: [String], line: UInt = #line) throws -> [[String: Any]] {
    let json = try Self.shared.get().file("evaluation.json")
    let result = try runProgram(
      try builtProgram("refers-mpi"),
      ["evaluate", "--samples", "0", "--json", json] + arguments)
    XCTAssertEqual(result.status, 0, result.report, line: line)
    let data = try Data(contentsOf: URL(fileURLWithPath: json))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return try XCTUnwrap(object?["runs"] as? [[String: Any]], line: line)
  }

  /// The number of images of a run of ``evaluate(_:line:)``.
  func images(_ run: [String: Any]) -> Int? {
    (run["evaluation"] as? [String: Any])?["images"] as? Int
  }

  func finetune(_ output: String, _ arguments: [String], ranks: Int) throws {
    let result = try run(output, arguments, ranks: ranks)
    XCTAssertEqual(result.status, 0, "\(output): \(result.report)")
  }

  func run(
    _ output: String, _ arguments: [String], ranks: Int
  ) throws -> ProgramResult {
    try mpirun(
      np: ranks, try builtProgram("refers-mpi"), command(output, arguments))
  }

  /// `finetune` on the tree, unless other data are among the arguments.
  func command(_ output: String, _ arguments: [String]) throws -> [String] {
    let folder = try Self.shared.get()
    return ["finetune", "--data", folder.file("tree"), "--output", folder.file(output)] + Self.small
      + arguments
  }

  func model(_ run: String) throws -> String? {
    let store = CheckpointStore(directory: try Self.shared.get().file("\(run)/checkpoints"))
    return try XCTUnwrap(store.last).digests().first { $0.name == Checkpoint.modelName }?.digest
  }

  func tensors(_ run: String) throws -> SafetensorsFile {
    let store = CheckpointStore(directory: try Self.shared.get().file("\(run)/checkpoints"))
    return try XCTUnwrap(store.last).model()
  }

  func text(_ file: String) throws -> String {
    try String(contentsOfFile: try Self.shared.get().file(file), encoding: .utf8)
  }

  func assertSame(_ file: String, _ other: String, line: UInt = #line) throws {
    XCTAssertEqual(try text(file), try text(other), file, line: line)
  }

  func permissions(_ path: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
  }
}
