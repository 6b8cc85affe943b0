import Foundation
import References
import XCTest

final class ReferenceViewTests: XCTestCase {
  private let width = 3
  private let patches = 4

  private func parameters(_ values: inout Values) -> Reference.ViewParameters {
    var result = Reference.ViewParameters()
    result.recurrentWeight = values(width * 2 * width)
    result.recurrentBias = values(width)
    result.hiddenWeight = values(width * 3 * width)
    result.hiddenBias = values(width, scale: 0.1)
    result.scoreWeight = values(3 * width)
    result.scoreBias = values(3)
    result.patchWeight = values(3 * 3 * width)
    result.patchBias = values(3)
    return result
  }

  private func parameters(_ inputs: ArraySlice<[Double]>) -> Reference.ViewParameters {
    var result = Reference.ViewParameters()
    for (path, value) in zip(Reference.ViewParameters.paths, inputs) {
      result[keyPath: path] = value
    }
    return result
  }

  func testGradientInEveryMode() {
    var values = Values(1)
    let drawn = parameters(&values)
    let learned = Reference.ViewParameters.paths.map { drawn[keyPath: $0] }
    for recurrent in Reference.Views.Recurrent.allCases {
      for fusion in Reference.Views.Fusion.allCases {
        for (slots, fused) in [([0, 0, 0], true), ([1, 0, 1], false), ([2, 0, 1], true)] {
          let views = Reference.Views(
            recurrent: recurrent, fusion: fusion, fused: fused, patches: patches, width: width,
            slots: fusion == .none ? [slots[0]] : slots)
          let images = 3
          let inputs = (0..<images).map { _ in values((1 + patches) * width) } + learned
          checkGradient("\(recurrent) \(fusion) \(slots)", inputs) {
            let result = views.forward(Array($0[..<images]), parameters($0[images...]))
            return result.memory + result.feature
          } backward: {
            let memory = views.slots.count * views.rows * width
            let d = views.backward(
              memory: Array($1[..<memory]), feature: Array($1[memory...]), Array($0[..<images]),
              parameters($0[images...]))
            return d.tokens + Reference.ViewParameters.paths.map { d.parameters[keyPath: $0] }
          }
        }
      }
    }
  }

  func testSoftmaxFusionScalesWholeViews() {
    var values = Values(2)
    let drawn = parameters(&values)
    let tokens = (0..<3).map { _ in values((1 + patches) * width) }
    let forward = { (fusion: Reference.Views.Fusion) in
      Reference.Views(
        recurrent: .add, fusion: fusion, fused: true, patches: self.patches, width: self.width,
        slots: fusion == .none ? [1] : [2, 1, 0]
      ).forward(tokens, drawn)
    }
    let (fused, single) = (forward(.softmaxGlobal), forward(.none))
    let share = fused.feature[width] / single.feature[0]
    XCTAssertGreaterThan(share, 0)
    XCTAssertLessThan(share, 1)
    let middle = Array(fused.memory[patches * width..<2 * patches * width])
    XCTAssertLessThan(Reference.relativeError(middle, single.memory.map { share * $0 }), 1e-12)
    XCTAssertEqual(single.memory[0], tokens[1][0] + tokens[1][width], accuracy: 1e-15)
  }

  func testConcatLinearOfIdentitiesIsAdd() {
    var values = Values(3)
    var drawn = parameters(&values)
    drawn.recurrentBias = [0, 0, 0]
    drawn.recurrentWeight = (0..<width).flatMap { row in
      (0..<2 * width).map { $0 % self.width == row ? 1 : 0 }
    }
    let tokens = [values((1 + patches) * width)]
    let memories = [Reference.Views.Recurrent.add, .concatLinear].map {
      Reference.Views(
        recurrent: $0, fusion: .none, fused: false, patches: patches, width: width, slots: [0]
      ).forward(tokens, drawn).memory
    }
    XCTAssertEqual(memories[0], memories[1])
  }

  func testInterleaveIsABias() {
    var values = Values(4)
    let z = values((1 + patches) * width)
    let g = Array(z[..<width])
    let literal = (1...patches).flatMap { g + z[$0 * width..<($0 + 1) * width] }
    let views = Reference.Views(
      recurrent: .interleave, fusion: .none, fused: false, patches: patches, width: width,
      slots: [0])
    let query = values(2 * width)
    let memory = views.forward([z], Reference.ViewParameters()).memory
    let biased = Reference.attention(
      query: query, key: memory, value: memory, width: width,
      layout: .init(queries: [2], keys: [1 + patches], heads: 1, keyBias: views.keyBias))
    let expected = Reference.attention(
      query: query, key: literal, value: literal, width: width,
      layout: .init(queries: [2], keys: [2 * patches], heads: 1))
    XCTAssertLessThan(Reference.relativeError(biased, expected), 1e-12)
  }
}
