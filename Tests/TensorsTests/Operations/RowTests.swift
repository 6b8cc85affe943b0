import References
import Tensors
import TestSupport
import XCTest

final class RowTests: XCTestCase {
  private let packing = packed([[3, 7], [], [1, 5, 2], [4]])

  func testGather() {
    withEvery("width", [1, 16, 37, 300], "per row", [1, 3]) { width, perRow in
      // Each sequence names rows of its own, some of them often and some never.
      let lengths = [[2, 5], [], [0, 4, 1], [3]]
      let target = packed(lengths)
      var rows: [Int] = []
      for sequence in 0..<target.sequences {
        let own = self.packing.rows(ofSequence: sequence)
        for i in 0..<target.lengths[sequence] * perRow {
          rows.append(own.lowerBound + i * i % own.count)
        }
      }
      let outcome = try Trial(UInt64(width)).run([(width, self.packing)]) { tape, x in
        try (0..<2).map { _ in
          try tape.gather(x[0], rows: rows, perRow: perRow, packing: target)
        }
      }
      let y = Reference.embedding(rows, table: outcome.inputs[0], width: width)
      for output in outcome.outputs { expectAgreement(output, y, "value") }
      let d = Reference.embeddingBackward(
        Reference.sum(outcome.above[0], outcome.above[1]), indices: rows,
        entries: self.packing.rows, width: width)
      expectAgreement(outcome.inputGradients[0], d, "input")
    }
  }

  func testMeanRows() {
    withEvery("width", [1, 16, 37, 300]) { width in
      let outcome = try Trial(UInt64(width)).run([(width, self.packing)]) { tape, x in
        try (0..<2).map { _ in try tape.meanRows(x[0]) }
      }
      let lengths = self.packing.lengths
      let y = Reference.sequenceMean(outcome.inputs[0], lengths: lengths, width: width)
      for output in outcome.outputs { expectAgreement(output, y, "value") }
      let d = Reference.sequenceMeanBackward(
        Reference.sum(outcome.above[0], outcome.above[1]), lengths: lengths, width: width)
      expectAgreement(outcome.inputGradients[0], d, "input")
    }
  }

  func testSoftmaxRows() {
    withEvery("width", [1, 3, 16, 37, 300]) { width in
      let outcome = try Trial(UInt64(width)).run([(width, self.packing)]) { tape, x in
        try (0..<2).map { _ in try tape.softmaxRows(x[0]) }
      }
      let y = Reference.rowSoftmax(outcome.inputs[0], columns: width)
      for output in outcome.outputs { expectAgreement(output, y, "value") }
      let d = Reference.rowSoftmaxBackward(
        Reference.sum(outcome.above[0], outcome.above[1]), output: y, columns: width)
      expectAgreement(outcome.inputGradients[0], d, "input")
    }
  }

  /// Weights far apart and large neither overflow nor lose the sum.
  func testSoftmaxOfLargeLogits() throws {
    let outcome = try Trial(1).run([(4, packed([[1], [1]]))]) { tape, x in
      let logits: [Float] = [-1000, 1000, 999, -3e38, 3e38, 3e38, 0, 0]
      x[0].value.pointer.update(from: logits, count: 8)
      return [try tape.softmaxRows(x[0])]
    }
    let y = [0, 0.7310585786300049, 0.2689414213699951, 0, 0.5, 0.5, 0, 0]
    expectAgreement(outcome.outputs[0], y, "value")
  }
}
