import Foundation
import References
import Tensors
import TestSupport
import XCTest

final class AttentionTests: XCTestCase {
  private let queries = packed([[3, 7], [], [1, 5, 40], [4]])
  private let keys = packed([[2, 9], [], [6, 1, 33], [4]])

  func testSelfAttention() {
    withEvery("heads, depth", [(1, 1), (3, 5), (2, 32), (1, 300)]) { heads, depth in
      withEvery("causal", [false, true]) { causal in
        try checkSelf(heads: heads, depth: depth, causal: causal)
      }
    }
  }

  func testCrossAttention() {
    withEvery("heads, depth", [(1, 1), (3, 5), (2, 32)]) { heads, depth in
      withEvery("biased", [false, true]) { biased in
        try checkCross(heads: heads, depth: depth, biased: biased)
      }
    }
  }

  func testDropout() {
    let dropout = Dropout(rate: 0.25, site: "probabilities")
    withEvery("causal", [false, true]) { causal in
      try checkSelf(heads: 3, depth: 5, causal: causal, dropout: dropout)
    }
    withEvery("biased", [false, true]) { biased in
      try checkCross(heads: 2, depth: 16, biased: biased, dropout: dropout)
    }
  }

  /// A key whose bias is -∞ is not there.
  func testHiddenKey() throws {
    let packing = packed([[4], [2]])
    let outcome = try Trial(1).run([(18, packing)]) { tape, x in
      var bias = [Float](repeating: 0, count: 6)
      bias[1] = -.infinity
      return [
        try tape.attention(
          query: Columns(x[0]), key: Columns(x[0], from: 6), value: Columns(x[0], from: 12),
          options: AttentionOptions(heads: 2, width: 6), keyBias: bias)
      ]
    }
    XCTAssertTrue(outcome.outputs[0].allSatisfy(\.isFinite))
    let gradient = outcome.inputGradients[0]
    XCTAssertTrue(gradient.rows(1..<2, of: 18)[6...].allSatisfy { $0 == 0 })
    XCTAssertTrue(gradient.rows(2..<3, of: 18)[6...].allSatisfy { $0 != 0 })
  }

  /// Sequences without rows are nothing to compute, dropout or not.
  func testEmptySequences() throws {
    let empty = packed([[0, 0], [0]])
    let dropout = Dropout(rate: 0.5, site: "empty")
    let outcome = try Trial(1).run([(12, empty), (8, packed([[3, 0], [1]]))]) { tape, x in
      [
        try tape.attention(
          query: Columns(x[0]), key: Columns(x[0], from: 4), value: Columns(x[0], from: 8),
          options: AttentionOptions(heads: 2, width: 4, dropout: dropout)),
        try tape.attention(
          query: Columns(x[0]), key: Columns(x[1]), value: Columns(x[1], from: 4),
          options: AttentionOptions(heads: 2, width: 4, dropout: dropout)),
      ]
    }
    XCTAssertEqual(outcome.outputs, [[], []])
    XCTAssertEqual(outcome.inputGradients, [[], zeros(4 * 8)])
  }

  /// Queries, keys and values side by side in one variable, which is attended to twice.
  private func checkSelf(heads: Int, depth: Int, causal: Bool, dropout: Dropout? = nil) throws {
    let width = heads * depth
    let outcome = try Trial(UInt64(width)).run([(3 * width, queries)]) { tape, x in
      try (0..<2).map { _ in
        try tape.attention(
          query: Columns(x[0]), key: Columns(x[0], from: width),
          value: Columns(x[0], from: 2 * width),
          options: AttentionOptions(heads: heads, width: width, causal: causal, dropout: dropout))
      }
    }
    let layout = Reference.AttentionLayout(
      queries: queries.lengths, heads: heads, causal: causal,
      multipliers: try dropout.map {
        try probabilityMultipliers($0, queries: queries, keys: queries, heads: heads)
      } ?? [])
    let parts = (0..<3).map {
      outcome.inputs[0].columns($0 * width..<($0 + 1) * width, of: 3 * width)
    }
    let y = Reference.attention(
      query: parts[0], key: parts[1], value: parts[2], width: width, layout: layout)
    let d = Reference.attentionBackward(
      Reference.sum(outcome.above[0], outcome.above[1]), query: parts[0], key: parts[1],
      value: parts[2], width: width, layout: layout)
    for output in outcome.outputs { expectAgreement(output, y, "value") }
    let gradients = [d.query, d.key, d.value]
    for (part, gradient) in gradients.enumerated() {
      expectAgreement(
        outcome.inputGradients[0].columns(part * width..<(part + 1) * width, of: 3 * width),
        gradient, "gradient of part \(part)")
    }
  }

  /// Queries in a middle of columns, keys and values of other sequences, read by two attentions.
  private func checkCross(heads: Int, depth: Int, biased: Bool, dropout: Dropout? = nil) throws {
    let width = heads * depth
    let trial = try Trial(UInt64(100 + width))
    let bias: [Float]? = biased ? trial.values(keys.rows).map { 3 * $0 } : nil
    let outcome = try trial.run([(width + 3, queries), (2 * width, keys)]) { tape, x in
      try (0..<2).map { _ in
        try tape.attention(
          query: Columns(x[0], from: 2), key: Columns(x[1]), value: Columns(x[1], from: width),
          options: AttentionOptions(heads: heads, width: width, dropout: dropout), keyBias: bias)
      }
    }
    let layout = Reference.AttentionLayout(
      queries: queries.lengths, keys: keys.lengths, heads: heads,
      keyBias: Reference.double(bias ?? []),
      multipliers: try dropout.map {
        try probabilityMultipliers($0, queries: queries, keys: keys, heads: heads)
      } ?? [])
    let q = outcome.inputs[0].columns(2..<2 + width, of: width + 3)
    let k = outcome.inputs[1].columns(0..<width, of: 2 * width)
    let v = outcome.inputs[1].columns(width..<2 * width, of: 2 * width)
    let y = Reference.attention(query: q, key: k, value: v, width: width, layout: layout)
    let d = Reference.attentionBackward(
      Reference.sum(outcome.above[0], outcome.above[1]), query: q, key: k, value: v, width: width,
      layout: layout)
    for output in outcome.outputs { expectAgreement(output, y, "value") }
    let rows = queries.rows
    expectAgreement(
      outcome.inputGradients[0],
      sideBySide([(zeros(2 * rows), 2), (d.query, width), (zeros(rows), 1)]), "query")
    expectAgreement(
      outcome.inputGradients[1], sideBySide([(d.key, width), (d.value, width)]), "memory")
  }
}
