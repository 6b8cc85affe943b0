import Foundation
import TestSupport
import XCTest

/// `scripts/bench/run --check`: the targets of rows against what was measured.
final class BenchmarkTargetTests: XCTestCase {
  private let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../scripts/bench").standardizedFileURL.path

  func testKnownResults() throws {
    let cases: [(results: [String], status: Int32, words: [String])] = [
      ([], 1, ["FAILED  finetune-base onednn: missing"]),
      ([record(1.2)], 0, ["met", "AVX2"]),
      ([record(1.15)], 0, ["missed", "MKL's are as fast"]),
      ([record(1.05)], 1, ["FAILED", "no more than 1.1 is known"]),
      // Machines have targets of their own, and the newest record counts.
      ([record(1.2), record(1.05, "avx512_core")], 1, ["met", "FAILED"]),
      ([record(1.0), record(1.2)], 0, ["met"]),
      ([record(1.2), record(1.2, "avx512_core", turns: 2)], 0, ["met", "older", "AVX-512"]),
      // Too few turns, or another number of ranks, are no figures.
      ([record(1.3, turns: 2)], 1, ["missing"]), ([record(1.3, ranks: 1)], 1, ["missing"]),
    ]
    for (results, status, words) in cases {
      let result = try check("finetune-base", results)
      XCTAssertEqual(result.status, status, result.report)
      for word in words { XCTAssertTrue(result.standardOutput.contains(word), result.report) }
    }
  }

  func testARowWithoutATargetIsAnError() throws {
    let result = try python(["sum-2", "--blas", "openblas", "--check"])
    XCTAssertEqual(result.status, 1, result.report)
    XCTAssertTrue(result.standardError.contains("sum-2 has no target with openblas"), result.report)
  }

  func testAtMost() throws {
    for (ratio, status) in [(0.59, Int32(0)), (0.605, 0), (0.62, 1)] {
      let memory = record(ratio, row: "base-mimic-memory")
      let result = try check("base-mimic-memory", [memory])
      XCTAssertEqual(result.status, status, result.report)
    }
  }

  /// What is kept beside the targets reaches them, or says why it does not.
  func testTheFiguresThatAreKept() throws {
    let result = try python(["--check"])
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertGreaterThan(result.lines.count, 15)
  }

  private func record(
    _ ratio: Double, _ kernel: String = "avx2", row: String = "finetune-base", turns: Int = 3,
    ranks: Int = 2
  ) -> String {
    """
    {"row": "\(row)", "blas": "onednn", "date": "2026-01-02T03:04:05", "ranks": \(ranks),
     "threads": 1, "ratio": \(ratio), "turns": \(Array(repeating: 0, count: turns)),
     "versions": {"blas": "oneDNN 2.6.3 (\(kernel))"}}
    """
  }

  private func check(_ row: String, _ results: [String]) throws -> ProgramResult {
    let folder = try TemporaryFolder()
    let file = folder.file("results.json")
    try Data("[\(results.joined(separator: ",\n"))]".utf8).write(to: URL(fileURLWithPath: file))
    return try python([row, "--blas", "onednn", "--check", "--output", file])
  }

  private func python(_ arguments: [String]) throws -> ProgramResult {
    let lookup = try runProgram("/bin/sh", ["-c", "command -v python3"])
    guard lookup.status == 0 else { throw XCTSkip("There is no python3.") }
    return try runProgram(
      "/usr/bin/env", ["python3", "-B", "\(folder)/run.py"] + arguments)
  }
}
