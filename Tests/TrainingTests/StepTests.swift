import Tensors
import TestSupport
import XCTest

/// Whole training steps under real mpirun: the bits of losses, gradients and saved models are a
/// function of configuration, studies and seed alone.
final class StepTests: XCTestCase {
  /// On so many ranks with so many threads each.
  private struct Spread: CustomStringConvertible {
    let ranks: Int
    var threads = 1
    /// The most shards of a pass, where it is not all.
    var passShards: Int?
    /// Segments of the model that are computed twice.
    var recomputed = 0

    var description: String {
      "np \(ranks), \(threads) threads, \(passShards ?? 8) shards, \(recomputed) recomputed"
    }
    var options: [String] {
      ["--threads", String(threads), "--recompute", String(recomputed)]
        + (passShards.map { ["--shards-of-a-pass", String($0)] } ?? [])
    }
  }

  /// What the bits depend on besides: the library, its kernels, and what is rounded.
  private struct Form: CustomStringConvertible {
    let options: [String]
    var environment: [String: String] = [:]
    var description: String { "\(options) \(environment)" }
    var isUsual: Bool { options == ["--blas", StepTests.usual] && environment.isEmpty }
  }

  /// The library that is taken by default.
  private static let usual = (try? OneDNN()) == nil ? "openblas" : "onednn"

  /// Each of the libraries that is installed, oneDNN also with its kernels for AVX2, whose thin
  /// products go to OpenBLAS; products of bfloat16 where the processor has them; other rounding.
  private static let forms: [Form] = {
    let libraries = MatrixLibrary.allCases.filter { $0 != .auto && (try? $0.open()) != nil }
    var forms = libraries.map { Form(options: ["--blas", $0.rawValue]) }
    if libraries.contains(.onednn), (try? OneDNN().identity.contains("avx512")) == true {
      forms.append(
        Form(options: ["--blas", "onednn"], environment: ["ONEDNN_MAX_CPU_ISA": "AVX2"]))
    }
    if (try? OneDNNBFloat16()) != nil {
      forms.append(Form(options: ["--products", "bfloat16"]))
    }
    return forms + [Form(options: ["--precision", "bfloat16"])]
  }()

  /// The first one is what the others are compared with.
  private static let spreads = [
    Spread(ranks: 1), Spread(ranks: 1, threads: 2), Spread(ranks: 2), Spread(ranks: 2, threads: 2),
    Spread(ranks: 3), Spread(ranks: 4), Spread(ranks: 8),
    Spread(ranks: 1, passShards: 1), Spread(ranks: 1, threads: 2, passShards: 4, recomputed: 1),
    Spread(ranks: 2, passShards: 2, recomputed: 2), Spread(ranks: 3, passShards: 1, recomputed: 9),
  ]

  /// The engine's way to the contrast's gradient, against one process, the references in double
  /// precision and finite differences.
  func testTheGradientOfTheContrastKnowsNoRanks() throws {
    try assertSameLines("contrast", (1...4).map { Spread(ranks: $0) }, count: 15)
  }

  /// Three modes, both optimizers, steps with empty shards.
  func testSmallModels() throws {
    try assertSameLines("small", Self.spreads, count: 18)
  }

  /// More than 1024 rows in a shard, which the program sees to.
  func testTiny() throws {
    try assertSameLines("tiny", Self.spreads, count: 3)
  }

  func testTheWidthsOfBase() throws {
    let spreads = [
      Spread(ranks: 1, threads: 2), Spread(ranks: 2, passShards: 1, recomputed: 2),
      Spread(ranks: 4),
    ]
    try assertSameLines("base", spreads, count: 2)
  }

  /// What the tests above compare tells one run from another.
  func testSeedAndStudiesDecide() throws {
    let first = try lines("small", Spread(ranks: 1))
    var forms = [["--seed", "2"], ["--change", "12"]].map { Form(options: $0) }
    // All but the one that is taken by default.
    forms += Self.forms.filter { !$0.isUsual }
    for form in forms {
      let other = try lines("small", Spread(ranks: 1), form)
      XCTAssertEqual(other.count, first.count)
      for (line, changed) in zip(first, other) {
        XCTAssertNotEqual(line, changed, "\(form)")
      }
    }
  }

  func testRanksThatDiffer() throws {
    withEvery("np", [2, 3]) { np in
      expectEqual(try lines("differing-steps", Spread(ranks: np)), ["found"])
    }
  }

  private func assertSameLines(
    _ name: String, _ spreads: [Spread], count: Int, line: UInt = #line
  ) throws {
    for form in Self.forms {
      // Every spread with the library that is taken by default; a few of them with what differs.
      let others = form.isUsual ? spreads.dropFirst() : spreads.dropFirst().suffix(3)
      let first = try lines(name, spreads[0], form)
      XCTAssertEqual(first.count, count, "\(form): \(first)", line: line)
      withEvery("\(form)", others, line: line) { spread in
        expectEqual(try lines(name, spread, form), first, line: line)
      }
    }
  }

  private func lines(
    _ name: String, _ spread: Spread, _ form: Form = Form(options: [])
  ) throws -> [String] {
    let result = try mpirun(
      np: spread.ranks, try builtProgram("training-cases"), [name] + spread.options + form.options,
      environment: form.environment)
    XCTAssertEqual(result.status, 0, "\(name), \(spread): \(result.report)")
    return result.lines
  }
}
