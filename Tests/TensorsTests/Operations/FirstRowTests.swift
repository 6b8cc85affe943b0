import References
import Tensors
import TestSupport
import XCTest

final class FirstRowTests: XCTestCase {
  /// One sequence has a first row alone.
  private let packing = packed([[3, 7], [], [1, 5, 2], [4]])

  /// For every row after the first of its sequence: that first row, and the row itself.
  private var pairs: (first: [Int], own: [Int]) {
    var (first, own): ([Int], [Int]) = ([], [])
    for sequence in 0..<packing.sequences {
      let rows = packing.rows(ofSequence: sequence)
      own += rows.dropFirst()
      first += Array(repeating: rows.lowerBound, count: rows.count - 1)
    }
    return (first, own)
  }

  func testAddFirstRow() {
    withEvery("width", [1, 16, 37, 300]) { width in
      let outcome = try Trial(UInt64(width)).run([(width, self.packing)]) { tape, x in
        try (0..<2).map { _ in try tape.addFirstRow(x[0]) }
      }
      let y = Reference.sum(
        Reference.embedding(self.pairs.own, table: outcome.inputs[0], width: width),
        Reference.embedding(self.pairs.first, table: outcome.inputs[0], width: width))
      for output in outcome.outputs { expectAgreement(output, y, "value") }
      let above = Reference.sum(outcome.above[0], outcome.above[1])
      expectAgreement(
        outcome.inputGradients[0], self.spread(own: above, first: above, width: width), "input")
    }
  }

  func testPairWithFirstRow() {
    withEvery("width", [1, 16, 37, 300]) { width in
      let outcome = try Trial(UInt64(width)).run([(width, self.packing)]) { tape, x in
        try (0..<2).map { _ in try tape.pairWithFirstRow(x[0]) }
      }
      let own = Reference.embedding(self.pairs.own, table: outcome.inputs[0], width: width)
      let first = Reference.embedding(self.pairs.first, table: outcome.inputs[0], width: width)
      for output in outcome.outputs {
        expectAgreement(output, sideBySide([(first, width), (own, width)]), "value")
      }
      let above = Reference.sum(outcome.above[0], outcome.above[1])
      expectAgreement(
        outcome.inputGradients[0],
        self.spread(
          own: above.columns(width..<2 * width, of: 2 * width),
          first: above.columns(0..<width, of: 2 * width), width: width), "input")
    }
  }

  private func spread(own: [Double], first: [Double], width: Int) -> [Double] {
    Reference.embeddingBackward(
      own + first, indices: pairs.own + pairs.first, entries: packing.rows, width: width)
  }
}
