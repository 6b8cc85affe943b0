import References
import Tensors
import TestSupport
import XCTest

final class EmbeddingTests: XCTestCase {
  private let packing = packed([[3, 7], [], [1, 5, 2], [4]])

  func testEmbedding() {
    // The last vocabulary is several tiles of the sum; a single row is cut along its columns.
    withEvery("vocabulary, width", [(11, 19), (40, 32), (900, 300), (1, 300)]) { entries, width in
      withEvery("types", [0, 1, 2]) { types in
        try check(entries: entries, width: width, types: types)
      }
    }
  }

  /// The words serve as the last layer too: their gradient is the sum of both uses.
  func testTiedWeights() throws {
    let (entries, width) = (29, 18)
    let trial = try Trial(5)
    let words = trial.parameter(entries, width)
    let positions = trial.parameter(8, width)
    let tokens = ids(entries, packing.rows)
    let outcome = try trial.run([(width, packing)]) { tape, x in
      let embedded = try tape.embedding(
        tokens.map(Int32.init), packing: self.packing, words: words, positions: positions)
      return [try tape.linear(tape.residual(x[0], embedded), weight: words, bias: nil)]
    }
    let places = packing.lengths.flatMap { Array(0..<$0) }
    let (w, p) = (outcome.value(words), outcome.value(positions))
    let input = Reference.sum(
      outcome.inputs[0],
      Reference.sum(
        Reference.embedding(tokens, table: w, width: width),
        Reference.embedding(places, table: p, width: width)))
    expectAgreement(
      outcome.outputs[0],
      Reference.linear(input, weight: w, rows: packing.rows, inputs: width), "value")
    let d = Reference.linearBackward(
      outcome.above[0], input: input, weight: w, rows: packing.rows, inputs: width)
    let both = Reference.sum(
      d.weight,
      Reference.embeddingBackward(d.input, indices: tokens, entries: entries, width: width))
    expectAgreement(outcome.gradient(words), both, "words")
    expectAgreement(outcome.inputGradients[0], d.input, "input")
  }

  /// Tokens with many repetitions, of which some do not occur.
  private func ids(_ entries: Int, _ count: Int) -> [Int] {
    (0..<count).map { ($0 * $0 % 7) * entries / 7 }
  }

  private func check(entries: Int, width: Int, types count: Int) throws {
    let trial = try Trial(UInt64(entries))
    let words = trial.parameter(entries, width)
    let positions = trial.parameter(12, width)
    let types = count == 0 ? nil : trial.parameter(count, width)
    let tokens = ids(entries, packing.rows)
    let outcome = try trial.run([(1, packing)]) { tape, _ in
      try (0..<2).map { _ in
        try tape.embedding(
          tokens.map(Int32.init), packing: self.packing, words: words, positions: positions,
          types: types)
      }
    }
    let places = packing.lengths.flatMap { Array(0..<$0) }
    var y = Reference.sum(
      Reference.embedding(tokens, table: outcome.value(words), width: width),
      Reference.embedding(places, table: outcome.value(positions), width: width))
    let first = Array(repeating: 0, count: packing.rows)
    if let types {
      y.add(Reference.embedding(first, table: outcome.value(types), width: width))
    }
    for output in outcome.outputs { expectAgreement(output, y, "value") }
    let above = Reference.sum(outcome.above[0], outcome.above[1])
    expectAgreement(
      outcome.gradient(words),
      Reference.embeddingBackward(above, indices: tokens, entries: entries, width: width), "words")
    expectAgreement(
      outcome.gradient(positions),
      Reference.embeddingBackward(above, indices: places, entries: 12, width: width), "positions")
    if let types {
      expectAgreement(
        outcome.gradient(types),
        Reference.embeddingBackward(above, indices: first, entries: count, width: width), "types")
    }
  }
}
