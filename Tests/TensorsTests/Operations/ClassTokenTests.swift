import References
import Tensors
import TestSupport
import XCTest

final class ClassTokenTests: XCTestCase {
  private let packing = packed([[3, 7], [], [1, 5, 2], [7]])

  func testPrependClass() {
    withEvery("width", [5, 32, 300]) { width in
      withEvery("positions", [true, false], "dropout", [true, false]) { positions, drops in
        try check(
          width: width, hasPositions: positions,
          dropout: drops ? Dropout(rate: 0.3, site: "class") : nil)
      }
    }
  }

  func testAppendPositions() {
    // The last table has one row, cut along its columns.
    withEvery("width, positions", [(5, 3), (32, 16), (300, 190)]) { width, extra in
      try checkAppend(self.packing, width: width, extra: extra, places: 9)
    }
    withEvery("width", [300]) { width in
      try checkAppend(packed([[1], [1, 1], [], [1]]), width: width, extra: 290, places: 1)
    }
  }

  private func check(width: Int, hasPositions: Bool, dropout: Dropout?) throws {
    let places = 8
    let trial = try Trial(UInt64(width))
    let classToken = trial.parameter(1, width)
    let positions = hasPositions ? trial.parameter(places, width) : nil
    let longer = packing.with(lengths: packing.lengths.map { $0 + 1 })
    let outcome = try trial.run([(width, packing)]) { tape, x in
      try (0..<2).map { _ in
        try tape.prependClass(x[0], classToken: classToken, positions: positions, dropout: dropout)
      }
    }
    // The sources of each row of the result: a table of the class token and then all rows.
    let table = outcome.value(classToken) + outcome.inputs[0]
    let sources = (0..<packing.sequences).flatMap {
      [0] + packing.rows(ofSequence: $0).map { $0 + 1 }
    }
    let order = longer.lengths.flatMap { Array(0..<$0) }
    var y = Reference.embedding(sources, table: table, width: width)
    if let positions {
      y.add(Reference.embedding(order, table: outcome.value(positions), width: width))
    }
    var above = Reference.sum(outcome.above[0], outcome.above[1])
    if let dropout {
      let mask = try multipliers(dropout, longer, columns: width)
      y = Reference.product(y, mask)
      above = Reference.product(above, mask)
    }
    for output in outcome.outputs { expectAgreement(output, y, "value") }
    let d = Reference.embeddingBackward(
      above, indices: sources, entries: packing.rows + 1, width: width)
    expectAgreement(outcome.gradient(classToken), Array(d[..<width]), "class token")
    expectAgreement(outcome.inputGradients[0], Array(d[width...]), "input")
    if let positions {
      expectAgreement(
        outcome.gradient(positions),
        Reference.embeddingBackward(above, indices: order, entries: places, width: width),
        "positions")
    }
  }

  private func checkAppend(_ packing: Packing, width: Int, extra: Int, places: Int) throws {
    let trial = try Trial(UInt64(width))
    let positions = trial.parameter(places, extra)
    let outcome = try trial.run([(width, packing)]) { tape, x in
      try (0..<2).map { _ in try tape.appendPositions(x[0], positions: positions) }
    }
    let order = packing.lengths.flatMap { Array(0..<$0) }
    let own = Reference.embedding(order, table: outcome.value(positions), width: extra)
    for output in outcome.outputs {
      expectAgreement(output, sideBySide([(outcome.inputs[0], width), (own, extra)]), "value")
    }
    let above = Reference.sum(outcome.above[0], outcome.above[1])
    expectAgreement(
      outcome.inputGradients[0], above.columns(0..<width, of: width + extra), "input")
    expectAgreement(
      outcome.gradient(positions),
      Reference.embeddingBackward(
        above.columns(width..<width + extra, of: width + extra), indices: order, entries: places,
        width: extra), "positions")
  }
}
