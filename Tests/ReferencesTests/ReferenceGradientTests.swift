import Foundation
import References
import XCTest

final class ReferenceGradientTests: XCTestCase {
  func testLinear() {
    var values = Values(1)
    let inputs = [values(5 * 4), values(3 * 4), values(3)]
    for activation in Reference.Activation.allCases {
      checkGradient("\(activation)", inputs) {
        Reference.linear(
          $0[0], weight: $0[1], bias: $0[2], rows: 5, inputs: 4, activation: activation)
      } backward: {
        let d = Reference.linearBackward(
          $1, input: $0[0], weight: $0[1], bias: $0[2], rows: 5, inputs: 4,
          activation: activation)
        return [d.input, d.weight, d.bias]
      }
    }
    checkGradient("no bias", Array(inputs[..<2])) {
      Reference.linear($0[0], weight: $0[1], rows: 5, inputs: 4)
    } backward: {
      let d = Reference.linearBackward($1, input: $0[0], weight: $0[1], rows: 5, inputs: 4)
      XCTAssertTrue(d.bias.isEmpty)
      return [d.input, d.weight]
    }
  }

  func testActivationValues() {
    XCTAssertEqual(Reference.Activation.gelu.value(1), 0.8413447460685429, accuracy: 1e-15)
    XCTAssertEqual(Reference.Activation.gelu.value(-2), -0.04550026389635842, accuracy: 1e-15)
    XCTAssertEqual(Reference.Activation.relu.value(-2), 0)
    XCTAssertEqual(Reference.Activation.sigmoid.value(log(3.0)), 0.75, accuracy: 1e-15)
  }

  func testLayerNorm() {
    var values = Values(2)
    for epsilon in [1e-12, 1e-2] {
      checkGradient("epsilon \(epsilon)", [values(4 * 6), values(6), values(6)]) {
        Reference.layerNorm($0[0], weight: $0[1], bias: $0[2], epsilon: epsilon)
      } backward: {
        let d = Reference.layerNormBackward($1, input: $0[0], weight: $0[1], epsilon: epsilon)
        return [d.input, d.weight, d.bias]
      }
    }
    let row = Reference.layerNorm([1, 3], weight: [1, 2], bias: [0, 5], epsilon: 0)
    XCTAssertEqual(row, [-1, 7])
  }

  func testAttention() {
    var values = Values(3)
    let width = 6
    let own = [3, 1, 4]
    let others = [2, 5, 1]
    let layouts: [(String, Reference.AttentionLayout)] = [
      ("own", .init(queries: own, heads: 2)),
      ("causal", .init(queries: own, heads: 3, causal: true)),
      (
        "causal, dropout",
        .init(
          queries: own, heads: 2, causal: true,
          multipliers: values.multipliers(2 * (9 + 1 + 16)))
      ),
      ("cross", .init(queries: own, keys: others, heads: 1)),
      (
        "cross, bias, dropout",
        .init(
          queries: own, keys: others, heads: 2, keyBias: values(8, scale: 2),
          multipliers: values.multipliers(2 * (6 + 5 + 4)))
      ),
    ]
    for (name, layout) in layouts {
      let (queries, keys) = (layout.queries.reduce(0, +), layout.keys.reduce(0, +))
      let inputs = [values(queries * width), values(keys * width), values(keys * width)]
      checkGradient(name, inputs) {
        Reference.attention(query: $0[0], key: $0[1], value: $0[2], width: width, layout: layout)
      } backward: {
        let d = Reference.attentionBackward(
          $1, query: $0[0], key: $0[1], value: $0[2], width: width, layout: layout)
        return [d.query, d.key, d.value]
      }
    }
  }

  func testAttentionKeepsSequencesApart() {
    var values = Values(4)
    let (q, k, v) = (values(5 * 4), values(6 * 4), values(6 * 4))
    let packed = Reference.attention(
      query: q, key: k, value: v, width: 4, layout: .init(queries: [2, 3], keys: [4, 2], heads: 2))
    let first = Reference.attention(
      query: Array(q[..<8]), key: Array(k[..<16]), value: Array(v[..<16]), width: 4,
      layout: .init(queries: [2], keys: [4], heads: 2))
    let second = Reference.attention(
      query: Array(q[8...]), key: Array(k[16...]), value: Array(v[16...]), width: 4,
      layout: .init(queries: [3], keys: [2], heads: 2))
    XCTAssertEqual(packed, first + second)
    // With one key every probability is 1, and the order of the multipliers shows.
    let ones = Reference.attention(
      query: Array(q[..<12]), key: Array(k[..<8]), value: [1, 1, 1, 1, 10, 10, 10, 10], width: 4,
      layout: .init(queries: [2, 1], keys: [1, 1], heads: 2, multipliers: [1, 2, 3, 4, 5, 6]))
    XCTAssertEqual(ones, [1, 1, 3, 3, 2, 2, 4, 4, 50, 50, 60, 60])
    let causal = Reference.attention(
      query: q, key: Array(k[..<20]), value: Array(v[..<20]), width: 4,
      layout: .init(queries: [5], heads: 2, causal: true))
    XCTAssertEqual(Array(causal[..<4]), Array(v[..<4]), "the first query sees the first key only")
  }

  func testRows() {
    var values = Values(5)
    let indices = [2, 0, 2, 2, 4]
    checkGradient("embedding", [values(6 * 3)]) {
      Reference.embedding(indices, table: $0[0], width: 3)
    } backward: {
      [Reference.embeddingBackward($1, indices: indices, entries: 6, width: 3)]
    }
    let dropout = values.multipliers(12)
    for multipliers in [[], dropout] {
      checkGradient("residual", [values(12), values(12)]) {
        Reference.residual($0[0], branch: $0[1], multipliers: multipliers)
      } backward: {
        let d = Reference.residualBackward($1, multipliers: multipliers)
        return [d.input, d.branch]
      }
    }
    checkGradient("sequence mean", [values(6 * 3)]) {
      Reference.sequenceMean($0[0], lengths: [2, 1, 3], width: 3)
    } backward: {
      [Reference.sequenceMeanBackward($1, lengths: [2, 1, 3], width: 3)]
    }
  }

  func testSoftmaxAndCrossEntropy() {
    var values = Values(6)
    checkGradient("row softmax", [values(3 * 5, scale: 3)]) {
      Reference.rowSoftmax($0[0], columns: 5)
    } backward: {
      [
        Reference.rowSoftmaxBackward(
          $1, output: Reference.rowSoftmax($0[0], columns: 5), columns: 5)
      ]
    }
    let (targets, weights) = ([4, 0, 2, 2], [0.5, 0.25, 0, 2])
    let entropy = { (logits: [Double]) in
      Reference.crossEntropy(logits: logits, targets: targets, weights: weights, classes: 5)
    }
    checkGradient("cross-entropy", [values(4 * 5, scale: 3)]) {
      [entropy($0[0]).loss]
    } backward: { inputs, direction in
      [entropy(inputs[0]).gradient.map { $0 * direction[0] }]
    }
    let even = Reference.crossEntropy(
      logits: [7, 7, 7, 7], targets: [1], weights: [3], classes: 4)
    XCTAssertEqual(even.rows[0], log(4.0), accuracy: 1e-15)
    XCTAssertEqual(even.loss, 3 * log(4.0), accuracy: 1e-15)
  }

  func testPatchEmbedding() {
    var values = Values(7)
    let patches = Reference.PatchEmbedding(crop: 6, patch: 3, width: 2)
    let gray = values(36).map { abs($0) }
    checkGradient("patches", [values(2 * 3 * 9), values(2)]) {
      patches.forward(gray, weight: $0[0], bias: $0[1])
    } backward: {
      let d = patches.backward($1, gray: gray)
      return [d.weight, d.bias]
    }
  }

  func testRelativeErrorSeesWhatItShould() {
    XCTAssertEqual(Reference.relativeError([1, 2, 3.3], [1, 2, 3]), 0.1, accuracy: 1e-12)
    XCTAssertEqual(Reference.relativeError([0.5, 2], [0, 2]), 0.5 / 2.0.squareRoot())
    XCTAssertEqual(Reference.relativeError([0.0, 0], [0, 0]), 0)
    XCTAssertEqual(Reference.relativeError([0, 1e-30], [0, 0]), .infinity)
    XCTAssertEqual(Reference.relativeError([Double.nan, 1], [0, 1]), .infinity)
    XCTAssertEqual(Reference.relativeError([1.0], [1, 2]), .infinity)
  }
}
