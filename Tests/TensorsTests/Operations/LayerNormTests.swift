import References
import Tensors
import TestSupport
import XCTest

final class LayerNormTests: XCTestCase {
  func testWidths() {
    let packings = [packed([[3, 7], [], [1, 5, 2], [4]]), packed([[130], [1, 70], [], [64]])]
    withEvery("width", [2, 15, 16, 37, 192, 300, 768], "packing", [0, 1]) { width, index in
      let packing = packings[index]
      let trial = try Trial(UInt64(width))
      let scale = trial.parameter(1, width)
      let shift = trial.parameter(1, width)
      let epsilon: Float = width == 37 ? 1e-2 : 1e-5
      let outcome = try trial.run([(width, packing)]) { tape, x in
        try (0..<2).map { _ in
          try tape.layerNorm(x[0], scale: scale, shift: shift, epsilon: epsilon)
        }
      }
      let y = Reference.layerNorm(
        outcome.inputs[0], weight: outcome.value(scale), bias: outcome.value(shift),
        epsilon: Double(epsilon))
      let d = Reference.layerNormBackward(
        Reference.sum(outcome.above[0], outcome.above[1]), input: outcome.inputs[0],
        weight: outcome.value(scale), epsilon: Double(epsilon))
      // Of two columns that nearly agree, the difference is what is left of their rounding.
      let bound = width == 2 ? 1e-4 : 1e-5
      for output in outcome.outputs { expectAgreement(output, y, "value", bound: bound) }
      expectAgreement(outcome.inputGradients[0], d.input, "input", bound: bound)
      expectAgreement(outcome.gradient(scale), d.weight, "scale", bound: bound)
      expectAgreement(outcome.gradient(shift), d.bias, "shift")
    }
  }

  /// The variance is that of deviations from the mean: a large mean does not wipe it out.
  func testLargeMean() throws {
    let packing = packed([[5], [2]])
    let trial = try Trial(9)
    let (scale, shift) = (trial.parameter(1, 50), trial.parameter(1, 50))
    var moved: [Double] = []
    let outcome = try trial.run([(50, packing)]) { tape, x in
      for i in 0..<x[0].value.count { x[0].value.pointer[i] += 100 }
      moved = Reference.double(x[0].value.array)
      return [try tape.layerNorm(x[0], scale: scale, shift: shift, epsilon: 1e-5)]
    }
    let y = Reference.layerNorm(
      moved, weight: outcome.value(scale), bias: outcome.value(shift), epsilon: 1e-5)
    // Half a unit in the last place of 100 is 4e-6 of a deviation of about 0.6.
    expectAgreement(outcome.outputs[0], y, "value", bound: 4e-5)
  }
}
