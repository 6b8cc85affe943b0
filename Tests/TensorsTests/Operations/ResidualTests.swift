import References
import Tensors
import TestSupport
import XCTest

final class ResidualTests: XCTestCase {
  private let packing = packed([[3, 70], [], [1, 5, 2], [64]])

  func testResidual() {
    withEvery("width", [1, 16, 37, 300], "dropout", [false, true]) { width, drops in
      let dropout = drops ? Dropout(rate: 0.4, site: "residual") : nil
      let outcome = try Trial(UInt64(width)).run(Array(repeating: (width, self.packing), count: 3))
      {
        tape, x in
        // Two branches from one stream: their gradients meet in it.
        [
          try tape.residual(x[0], x[1], dropout: dropout),
          try tape.residual(x[0], x[2], dropout: dropout),
        ]
      }
      let mask = try dropout.map { try multipliers($0, self.packing, columns: width) } ?? []
      var stream = zeros(self.packing.rows * width)
      for branch in 0..<2 {
        let y = Reference.residual(
          outcome.inputs[0], branch: outcome.inputs[branch + 1], multipliers: mask)
        expectAgreement(outcome.outputs[branch], y, "value")
        let d = Reference.residualBackward(outcome.above[branch], multipliers: mask)
        expectAgreement(outcome.inputGradients[branch + 1], d.branch, "branch")
        stream.add(d.input)
      }
      expectAgreement(outcome.inputGradients[0], stream, "stream")
    }
  }

  func testDropout() {
    withEvery("width", [1, 16, 37, 300]) { width in
      let dropout = Dropout(rate: 0.4, site: "alone")
      let mask = try multipliers(dropout, self.packing, columns: width)
      let outcome = try Trial(UInt64(width)).run([(width, self.packing)]) { tape, x in
        [try tape.dropout(x[0], dropout)]
      }
      expectAgreement(outcome.outputs[0], Reference.product(outcome.inputs[0], mask), "value")
      expectAgreement(outcome.inputGradients[0], Reference.product(outcome.above[0], mask), "input")
    }
  }

  /// A rate of zero and no dropout are the same, to the bit.
  func testRateZero() throws {
    let none = Dropout(rate: 0, site: "none")
    let x = try Trial(1).run([(19, packing), (19, packing)]) { tape, x in
      [try tape.residual(x[0], x[1], dropout: none)]
    }
    let y = try Trial(1).run([(19, packing), (19, packing)]) { tape, x in
      [try tape.residual(x[0], x[1])]
    }
    XCTAssertEqual(x.outputs, y.outputs)
    XCTAssertEqual(x.inputGradients, y.inputGradients)
  }
}
