import References
import Tensors
import TestSupport
import XCTest

final class CrossEntropyTests: XCTestCase {
  private let packing = packed([[3, 37], [], [1, 5, 2], [4]])

  func testLossAndGradient() {
    withEvery("classes", [2, 16, 37, 1000], "spread", [1, 20]) { classes, spread in
      let targets = (0..<self.packing.rows).map { $0 * 31 % classes }
      var logits: [Double] = []
      var loss: TokenLoss?
      let scale: Float = 0.037
      let outcome = try Trial(UInt64(classes)).run([(classes, self.packing)]) { tape, x in
        for i in 0..<x[0].value.count { x[0].value.pointer[i] *= Float(spread) }
        logits = Reference.double(x[0].value.array)
        let own = try tape.crossEntropy(x[0], targets: targets.map(Int32.init))
        own.scale = scale
        loss = own
        return []
      }
      let own = try unwrapped(loss)
      let expected = Reference.crossEntropy(
        logits: logits, targets: targets,
        weights: Array(repeating: Double(scale), count: targets.count), classes: classes)
      let shards = self.packing.shards.indices.map { self.packing.rows(ofShard: $0) }
      expectAgreement(
        own.shardSums, shards.map { expected.rows[$0].reduce(0, +) }, "sums of shards",
        bound: 1e-6)
      expectAgreement(outcome.inputGradients[0], expected.gradient, "logits")
    }
  }

  /// Through the layer that makes the logits, whose memory is overwritten.
  func testBehindLinear() throws {
    let (inputs, classes) = (23, 41)
    let trial = try Trial(2)
    let weight = trial.parameter(classes, inputs)
    let bias = trial.parameter(1, classes)
    let targets = (0..<packing.rows).map { $0 * 5 % classes }
    let outcome = try trial.run([(inputs, packing)]) { tape, x in
      let logits = try tape.linear(x[0], weight: weight, bias: bias)
      _ = try tape.crossEntropy(logits, targets: targets.map(Int32.init))
      return []
    }
    let logits = Reference.linear(
      outcome.inputs[0], weight: outcome.value(weight), bias: outcome.value(bias),
      rows: packing.rows, inputs: inputs)
    let loss = Reference.crossEntropy(
      logits: logits, targets: targets, weights: Array(repeating: 1, count: targets.count),
      classes: classes)
    let d = Reference.linearBackward(
      loss.gradient, input: outcome.inputs[0], weight: outcome.value(weight),
      bias: outcome.value(bias), rows: packing.rows, inputs: inputs)
    expectAgreement(outcome.inputGradients[0], d.input, "input")
    expectAgreement(outcome.gradient(weight), d.weight, "weight")
    expectAgreement(outcome.gradient(bias), d.bias, "bias")
  }
}
