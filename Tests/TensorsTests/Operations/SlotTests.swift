import References
import Tensors
import TestSupport
import XCTest

final class SlotTests: XCTestCase {
  func testScaleSlots() {
    let packing = packed([[3, 7], [], [1, 5, 2], [4]])
    withEvery("slots", [1, 3], "width", [1, 16, 37, 300]) { slots, width in
      let outcome = try Trial(UInt64(width)).run([(slots * width, packing), (slots, packing)]) {
        tape, x in
        try (0..<2).map { _ in try tape.scaleSlots(x[0], by: x[1]) }
      }
      let (x, a) = (outcome.inputs[0], outcome.inputs[1])
      let y = x.indices.map { x[$0] * a[$0 / width] }
      for output in outcome.outputs { expectAgreement(output, y, "value") }
      let above = Reference.sum(outcome.above[0], outcome.above[1])
      expectAgreement(
        outcome.inputGradients[0], x.indices.map { above[$0] * a[$0 / width] }, "input")
      var da = zeros(a.count)
      for i in x.indices { da[i / width] += above[i] * x[i] }
      expectAgreement(outcome.inputGradients[1], da, "weights")
    }
  }

  /// Whose weight scales a row of a slot.
  enum Weights: CaseIterable {
    case none, perStudy, perRow, perStudyForAllSlots, perRowForAllSlots
  }

  func testSlotRows() {
    withEvery("weights", Weights.allCases) { weights in
      withEvery("rows, slots", [(1, 1), (4, 3), (5, 1), (7, 3)], "width", [1, 32, 37]) {
        try self.checkSlotRows(weights, length: $0.0, slots: $0.1, width: $1)
      }
    }
  }

  /// Studies of one, two and three radiographs; those with fewer repeat one.
  private func checkSlotRows(_ weights: Weights, length: Int, slots k: Int, width: Int) throws {
    let images = [[1, 3], [], [2, 1, 3], [2]]
    let source = packed(images.map { Array(repeating: length, count: $0.reduce(0, +)) })
    let studies = packed(images.map { $0.map { _ in 1 } }, firstKey: 3)
    var slotted: [Int] = []
    var first = 0
    for count in images.flatMap({ $0 }) {
      slotted += (0..<k).map { first + $0 % count }
      first += count
    }
    let columns = [.perStudyForAllSlots, .perRowForAllSlots].contains(weights) ? 1 : k
    let perRow = [.perRow, .perRowForAllSlots].contains(weights)
    let weightPacking =
      perRow ? studies.with(lengths: studies.lengths.map { $0 * length }) : studies

    let outcome = try Trial(UInt64(width)).run([(width, source), (columns, weightPacking)]) {
      tape, x in
      try (0..<2).map { _ in
        try tape.slotRows(
          x[0], slots: slotted, perStudy: k, weights: weights == .none ? nil : x[1],
          studies: studies)
      }
    }
    var sources: [Int] = []
    var owners: [Int] = []
    for study in 0..<studies.sequences {
      for slot in 0..<k {
        for place in 0..<length {
          sources.append(slotted[study * k + slot] * length + place)
          owners.append(
            (perRow ? study * length + place : study) * columns + (columns == 1 ? 0 : slot))
        }
      }
    }
    let rows = Reference.embedding(sources, table: outcome.inputs[0], width: width)
    let factors = owners.flatMap { owner in
      Array(repeating: weights == .none ? 1 : outcome.inputs[1][owner], count: width)
    }
    for output in outcome.outputs {
      expectAgreement(output, Reference.product(rows, factors), "value")
    }
    let above = Reference.sum(outcome.above[0], outcome.above[1])
    expectAgreement(
      outcome.inputGradients[0],
      Reference.embeddingBackward(
        Reference.product(above, factors), indices: sources, entries: source.rows, width: width),
      "input")
    guard weights != .none else {
      expectEqual(outcome.inputGradients[1], [])
      return
    }
    var expected = zeros(outcome.inputs[1].count)
    for (row, owner) in owners.enumerated() {
      for i in row * width..<(row + 1) * width { expected[owner] += above[i] * rows[i] }
    }
    expectAgreement(outcome.inputGradients[1], expected, "weights")
  }
}
