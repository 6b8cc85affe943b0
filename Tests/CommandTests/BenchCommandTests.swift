import Foundation
import TestSupport
import XCTest

/// `refers-mpi bench` on a model of a few thousand parameters.
final class BenchCommandTests: XCTestCase {
  private let small = ["--batch", "8", "--threads", "1"] + smallModelOptions

  func testItMeasuresEveryPart() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("all.json")
    let result = try mpirun(
      np: 2, try builtProgram("refers-mpi"), ["bench", "--steps", "2", "--json", file] + small)
    XCTAssertEqual(result.status, 0, result.report)
    for title in [
      "peak of a rank", "kernels, share of the peak", "collectives, share of MPI's own call",
      "data, one thread", "steps of 8, studies, mix mimic", "profile of a step",
    ] {
      XCTAssertTrue(result.standardOutput.contains(title), result.report)
    }
    let report = try object(Data(contentsOf: URL(fileURLWithPath: file)))
    XCTAssertEqual(report["ranks"] as? Int, 2)
    for (part, count) in [("kernels", 23), ("collectives", 6), ("data", 3)] {
      let rows = try XCTUnwrap(report[part] as? [[String: Any]], part)
      XCTAssertEqual(rows.count, count, "\(rows.map { $0["name"] ?? "" })")
      for row in rows {
        XCTAssertGreaterThan(try XCTUnwrap(row["rate"] as? Double), 0, "\(row)")
        if let share = row["share"] as? Double {
          // Ranks that share a core may find MPI's own call for a small message slow without end.
          let isSmall = (row["name"] as? String)?.hasSuffix(", checked") == true
          XCTAssertTrue(share > 0 && (share < 20 || isSmall), "\(row)")
        }
      }
    }
    let steps = try XCTUnwrap(report["steps"] as? [String: Any])
    XCTAssertEqual((steps["seconds"] as? [Double])?.count, 2)
    XCTAssertEqual((steps["memory"] as? [Int])?.filter { $0 > 1 << 20 }.count, 2)
    XCTAssertGreaterThan(try XCTUnwrap(steps["operations"] as? Int), 0)
    let profile = try XCTUnwrap(steps["profile"] as? [[String: Any]])
    let operations = profile.compactMap { $0["operation"] as? String }
    for name in ["linear", "attention", "reduce", "update", "gradientNorm"] {
      XCTAssertTrue(operations.contains(name), "\(operations)")
    }
  }

  /// What one part does not need is not measured.
  func testOnePart() throws {
    let result = try runProgram(
      try builtProgram("refers-mpi"),
      ["bench", "steps", "--steps", "1", "--task", "finetune"] + small)
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertTrue(result.standardOutput.contains("steps of 8, images"), result.report)
    XCTAssertTrue(result.standardOutput.contains(" images/s, "), result.report)
    XCTAssertFalse(result.standardOutput.contains("kernels"), result.report)
  }

  /// The studies of a store, the same on any number of ranks.
  func testAStore() throws {
    let program = try builtProgram("refers-mpi")
    let folder = try TemporaryFolder()
    let (tree, store) = (folder.file("tree"), folder.file("store"))
    for arguments in [
      ["synthesize", "--train", "20", "--validate", "1", "--test", "0", "--output", tree],
      ["prepare", "--data", tree, "--size", "36", "--output", store],
    ] {
      let result = try runProgram(program, arguments)
      XCTAssertEqual(result.status, 0, result.report)
    }
    var losses: [[Double]] = []
    for np in [1, 2] {
      let file = folder.file("\(np).json")
      let result = try mpirun(
        np: np, program,
        ["bench", "steps", "data", "--data", store, "--steps", "3", "--json", file] + small)
      XCTAssertEqual(result.status, 0, result.report)
      XCTAssertTrue(
        result.standardOutput.contains("steps of 8, studies, from a store"), result.report)
      let report = try object(Data(contentsOf: URL(fileURLWithPath: file)))
      let data = try XCTUnwrap(report["data"] as? [[String: Any]])
      XCTAssertEqual(data.compactMap { $0["name"] as? String }, ["read", "read, augment, tokens"])
      for row in data { XCTAssertGreaterThan(try XCTUnwrap(row["rate"] as? Double), 0) }
      let steps = try XCTUnwrap(report["steps"] as? [String: Any])
      XCTAssertEqual(steps["studies"] as? String, "from a store")
      losses.append(try XCTUnwrap(steps["losses"] as? [Double]))
    }
    XCTAssertEqual(losses[0], losses[1])
    XCTAssertEqual(Set(losses[0]).count, 3)

    for (arguments, words) in [
      (["--data", tree], "is no store"), (["--data", store, "--batch", "21"], "--batch 20"),
      (["--data", store, "--set", "objective=labels"], "learn from reports"),
    ] {
      let result = try runProgram(program, ["bench", "steps"] + small + arguments)
      XCTAssertEqual(result.status, 1, result.report)
      XCTAssertTrue(result.standardError.contains(words), result.report)
    }
  }

  /// A line in, a step out; the same studies and losses on any number of ranks.
  func testTurns() throws {
    let program = try builtProgram("refers-mpi")
    guard let launcher = MPIFlavour.built.launcher else { throw XCTSkip("There is no mpirun.") }
    let arguments = ["bench", "steps", "--turns"] + small
    let folder = try TemporaryFolder()
    let input = folder.file("lines")
    try Data("step\nstep\nstep\n".utf8).write(to: URL(fileURLWithPath: input))
    let alone = try turns([program] + arguments, input: input)
    let ranks = try turns(
      [launcher]
        + (MPIFlavour.built == .openMPI ? ["--oversubscribe", "--bind-to", "none"] : [])
        + ["-np", "2", program] + arguments, input: input)
    for (lines, threads) in [(alone, 1), (ranks, 1)] {
      XCTAssertEqual(lines.count, 4)
      XCTAssertEqual(lines[0]["ready"] as? Bool, true)
      XCTAssertEqual(lines[0]["threads"] as? Int, threads)
      XCTAssertNotNil(lines[0]["configuration"] as? [String: Any])
    }
    for (one, other) in zip(alone.dropFirst(), ranks.dropFirst()) {
      XCTAssertEqual(one["loss"] as? Double, other["loss"] as? Double)
      XCTAssertEqual(one["radiographs"] as? [Int], other["radiographs"] as? [Int])
      XCTAssertEqual(one["tokens"] as? [Int], other["tokens"] as? [Int])
      XCTAssertEqual((one["tokens"] as? [Int])?.count, 8)
      XCTAssertGreaterThan(try XCTUnwrap(other["seconds"] as? Double), 0)
      XCTAssertNotNil(other["exchange_seconds"] as? Double)
    }
    XCTAssertNotEqual(alone[1]["loss"] as? Double, alone[2]["loss"] as? Double)
  }

  func testWhatDoesNotGoTogether() throws {
    let program = try builtProgram("refers-mpi")
    for (arguments, words) in [
      (["kernels", "--turns"], "--turns goes with steps alone"),
      (["--turns", "--json", "a.json"], "leave out --json"),
      (["--data", "a", "--images", "b"], "leave out --images and --mix"),
      (["--data", "a", "--mix", "equal"], "leave out --images and --mix"),
      (["--data", "a", "--task", "finetune"], "--data goes with --task pretrain"),
      (["--mix", "equal", "--task", "finetune"], "--mix goes with --task pretrain"),
      (["kernels", "--data", "a"], "--data is for the parts data and steps"),
      (["--steps", "0"], "--steps must be from 1"), (["colectives"], "colectives"),
    ] {
      let result = try runProgram(program, ["bench"] + arguments)
      XCTAssertEqual(result.status, 64, result.report)
      XCTAssertTrue(result.standardError.contains(words), result.report)
    }
    let missing = try runProgram(
      program, ["bench", "data", "--images", "/no/such/folder"] + small)
    XCTAssertEqual(missing.status, 1, missing.report)
    XCTAssertTrue(missing.standardError.contains("There is no /no/such/folder"), missing.report)
  }

  private func turns(_ command: [String], input: String) throws -> [[String: Any]] {
    let result = try runProgram(
      "/bin/sh", ["-c", #"input=$1; shift; exec "$@" < "$input""#, "sh", input] + command,
      environment: MPIFlavour.asRoot)
    XCTAssertEqual(result.status, 0, result.report)
    return try result.lines.filter { $0.hasPrefix("{") }.map { try object(Data($0.utf8)) }
  }

  private func object(_ data: Data) throws -> [String: Any] {
    try XCTUnwrap(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }
}
