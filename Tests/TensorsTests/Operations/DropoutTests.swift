import Tensors
import TestSupport
import XCTest

/// What the mask is a function of: the key of the sequence, the site, the row and the column.
final class DropoutTests: XCTestCase {
  func testKeepRate() {
    withEvery("rate", [0.05, 0.1, 0.5, 0.9] as [Float]) { rate in
      let packing = packed([[100, 33], [67]])
      let mask = try multipliers(Dropout(rate: rate, site: "rate"), packing, columns: 301)
      let kept = mask.filter { $0 != 0 }
      expect(kept.allSatisfy { $0 == Double(1 / (1 - rate)) }, "a multiplier is neither")
      let (n, p) = (Double(mask.count), 1 - Double(rate))
      let sigma = (n * p * (1 - p)).squareRoot()
      expect(abs(Double(kept.count) - n * p) < 3 * sigma, "\(kept.count) of \(n) are kept")
    }
  }

  /// Neighbouring columns, rows and sequences are dropped independently of each other.
  func testNeighbours() throws {
    let (rows, columns) = (200, 320)
    let packing = packed([[rows], [rows]])
    let mask = try multipliers(Dropout(rate: 0.5, site: "near"), packing, columns: columns)
    let pairs = rows * columns - columns
    for distance in [1, 2, 16, columns, rows * columns] {
      let agreeing = (0..<pairs).filter { mask[$0] == mask[$0 + distance] }.count
      let sigma = Double(pairs).squareRoot() / 2
      XCTAssertLessThan(
        abs(Double(agreeing) - Double(pairs) / 2), 4 * sigma, "at distance \(distance)")
    }
  }

  /// Where a sequence lies, and beside which others, does not matter; nor does the width.
  func testPosition() throws {
    let dropout = Dropout(rate: 0.3, site: "place")
    let keys: [UInt64] = [11, 12, 13]
    let lengths = [4, 90, 7]
    let together = try multipliers(
      dropout, Packing(lengths: lengths, keys: keys, shards: [0..<2, 2..<3]), columns: 50)
    var start = 0
    for (key, length) in zip(keys, lengths) {
      // Alone, cut short, and behind a stranger.
      let packing = Packing(lengths: [13, length - 1], keys: [99, key], shards: [0..<0, 0..<2])
      let alone = try multipliers(dropout, packing, columns: 37).rows(13..<12 + length, of: 37)
      let own = together.rows(start..<start + length - 1, of: 50).columns(0..<37, of: 50)
      XCTAssertEqual(alone, own, "key \(key)")
      start += length
    }
  }

  func testOtherSitesAndKeysDiffer() throws {
    let packing = packed([[20], [20]])
    let here = try multipliers(Dropout(rate: 0.5, site: "here"), packing, columns: 20)
    let there = try multipliers(Dropout(rate: 0.5, site: "there"), packing, columns: 20)
    XCTAssertNotEqual(here, there)
    XCTAssertNotEqual(here.rows(0..<20, of: 20), here.rows(20..<40, of: 20))
  }

  /// Heads, queries and keys of an attention are dropped independently, at the stated rate.
  func testProbabilities() throws {
    let queries = packed([[40, 9], [], [33], [1]])
    let dropout = Dropout(rate: 0.2, site: "probabilities")
    let mask = try probabilityMultipliers(dropout, queries: queries, keys: queries, heads: 3)
    let (n, p) = (Double(mask.count), 0.8)
    XCTAssertEqual(mask.count, 3 * (40 * 40 + 9 * 9 + 33 * 33 + 1))
    let kept = Double(mask.filter { $0 != 0 }.count)
    XCTAssertLessThan(abs(kept - n * p), 3 * (n * p * (1 - p)).squareRoot())
    XCTAssertNotEqual(mask[..<1600], mask[1600..<3200], "heads share a mask")
  }

  /// Evaluation drops nothing anywhere and records nothing.
  func testEvaluation() throws {
    let packing = packed([[3, 4], [2]])
    let trial = try Trial(4)
    let weight = trial.parameter(6, 6)
    try trial.store.allocate(seed: 1)
    let tape = Tape(compute: trial.compute, parameters: trial.store)
    XCTAssertFalse(tape.isRecording)
    func fill() throws -> Variable {
      try tape.input(columns: 6, packing: packing) { $0.update(repeating: 0.5, count: 54) }
    }
    let dropout = Dropout(rate: 0.9, site: "off")
    XCTAssertEqual(try tape.dropout(fill(), dropout).value.array, try fill().value.array)
    XCTAssertEqual(
      try tape.residual(fill(), fill(), dropout: dropout).value.array,
      Array(repeating: 1, count: 54))
    XCTAssertEqual(
      try tape.linear(fill(), weight: weight, bias: nil, dropout: dropout).value.array,
      try tape.linear(fill(), weight: weight, bias: nil).value.array)
    let options = { AttentionOptions(heads: 2, width: 2, dropout: $0) }
    let x = try fill()
    XCTAssertEqual(
      try tape.attention(
        query: Columns(x), key: Columns(x, from: 2), value: Columns(x, from: 4),
        options: options(dropout)
      ).value.array,
      try tape.attention(
        query: Columns(x), key: Columns(x, from: 2), value: Columns(x, from: 4),
        options: options(nil)
      ).value.array)
    try tape.backward()
    XCTAssertNil(x.gradient)
  }
}
