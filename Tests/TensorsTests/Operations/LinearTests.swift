import References
import Tensors
import TestSupport
import XCTest

extension Activation {
  var reference: Reference.Activation {
    switch self {
    case .none: .identity
    case .gelu: .gelu
    case .relu: .relu
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    }
  }
}

/// An input is used twice in each case, so that both ways of putting a gradient are taken.
final class LinearTests: XCTestCase {
  private let uneven = packed([[3, 7], [], [1, 5, 2], [4]])

  func testEveryActivation() {
    withEvery("activation", Activation.allCases) { activation in
      withEvery("bias", [true, false]) { bias in
        try check(19, 37, uneven, activation: activation, bias: bias)
        try check(32, 48, uneven, activation: activation, bias: bias)
      }
    }
  }

  /// More columns than a tile of the product; weights that are three and one tiles of the sum.
  func testWide() throws {
    try check(300, 1100, uneven, activation: .gelu)
    try check(1100, 130, uneven)
  }

  /// One output: the weight is a single row, whose sum is cut along the columns.
  func testOneOutput() throws {
    try check(700, 1, uneven, activation: .sigmoid)
    try check(1, 1, uneven)
  }

  /// More rows in a shard than a tile of the product has.
  func testManyRows() throws {
    try check(21, 18, packed([[700, 400], [], [3], [1025]]), activation: .relu)
  }

  func testBands() throws {
    let (inputs, outputs) = (23, 600)
    let trial = try Trial(3)
    let weight = trial.parameter(outputs, inputs)
    let bias = trial.parameter(1, outputs)
    let bands = [10..<275, 250..<600, 0..<1]
    let outcome = try trial.run([(inputs, uneven)]) { tape, x in
      try bands.map { try tape.linear(x[0], weight: weight, bias: bias, band: $0) }
    }
    let (w, b) = (outcome.value(weight), outcome.value(bias))
    var dx = zeros(uneven.rows * inputs)
    var dw = zeros(w.count)
    var db = zeros(b.count)
    for (use, band) in bands.enumerated() {
      let own = w.rows(band, of: inputs)
      expectAgreement(
        outcome.outputs[use],
        Reference.linear(
          outcome.inputs[0], weight: own, bias: Array(b[band]), rows: uneven.rows, inputs: inputs),
        "band \(band)")
      let d = Reference.linearBackward(
        outcome.above[use], input: outcome.inputs[0], weight: own, bias: Array(b[band]),
        rows: uneven.rows, inputs: inputs)
      dx.add(d.input)
      for i in d.weight.indices { dw[band.lowerBound * inputs + i] += d.weight[i] }
      for i in d.bias.indices { db[band.lowerBound + i] += d.bias[i] }
    }
    expectAgreement(outcome.inputGradients[0], dx, "input")
    expectAgreement(outcome.gradient(weight), dw, "weight")
    expectAgreement(outcome.gradient(bias), db, "bias")
  }

  /// Rows of a weight that no band uses have gradient zero.
  func testRowsOutsideTheBand() throws {
    let trial = try Trial(4)
    let weight = trial.parameter(40, 9)
    let outcome = try trial.run([(9, uneven)]) { tape, x in
      [try tape.linear(x[0], weight: weight, bias: nil, band: 8..<20)]
    }
    let gradient = outcome.gradient(weight)
    XCTAssertTrue(gradient.rows(0..<8, of: 9).allSatisfy { $0 == 0 })
    XCTAssertTrue(gradient.rows(8..<20, of: 9).allSatisfy { $0 != 0 })
    XCTAssertTrue(gradient.rows(20..<40, of: 9).allSatisfy { $0 == 0 })
  }

  func testDropout() {
    let dropout = Dropout(rate: 0.3, site: "linear")
    withEvery("activation", Activation.allCases) { activation in
      withEvery("bias", [true, false]) { bias in
        try check(19, 37, uneven, activation: activation, bias: bias, dropout: dropout)
        try check(8, 32, uneven, activation: activation, bias: bias, dropout: dropout)
      }
    }
    // Columns of the second tile of a product carry on the mask of the first.
    XCTAssertNoThrow(try check(8, 1100, uneven, activation: .gelu, dropout: dropout))
  }

  /// Nothing is computed for data, and the parameters do not mind.
  func testData() throws {
    let trial = try Trial(6)
    let weight = trial.parameter(5, 3)
    let data = trial.values(uneven.rows * 3)
    var input: Variable?
    let outcome = try trial.run([(5, uneven)]) { tape, x in
      let variable = try tape.input(columns: 3, packing: self.uneven) {
        $0.update(from: data, count: data.count)
      }
      input = variable
      return [try tape.linear(variable, weight: weight, bias: nil)]
    }
    let d = Reference.linearBackward(
      outcome.above[0], input: Reference.double(data), weight: outcome.value(weight),
      rows: uneven.rows, inputs: 3)
    expectAgreement(outcome.gradient(weight), d.weight, "weight")
    XCTAssertNotNil(input)
    XCTAssertNil(input?.gradient)
  }

  /// What is not a number stays visible: a run that diverges must not look healthy.
  func testNotANumber() {
    withEvery("activation", Activation.allCases) { activation in
      let trial = try Trial(7)
      let weight = trial.parameter(20, 4)
      let outcome = try trial.run([(4, self.uneven)]) { tape, x in
        x[0].value.row(2)[1] = .nan
        return [try tape.linear(x[0], weight: weight, bias: nil, activation: activation)]
      }
      for (row, value) in outcome.outputs[0].enumerated() {
        expectEqual(value.isNaN, row / 20 == 2, "in element \(row)")
      }
    }
  }

  private func check(
    _ inputs: Int, _ outputs: Int, _ packing: Packing, activation: Activation = .none,
    bias hasBias: Bool = true, dropout: Dropout? = nil, file: StaticString = #filePath,
    line: UInt = #line
  ) throws {
    let trial = try Trial(UInt64(inputs))
    let weight = trial.parameter(outputs, inputs, scale: 2 / Float(inputs).squareRoot())
    let bias = hasBias ? trial.parameter(1, outputs) : nil
    let uses = 2
    let outcome = try trial.run([(inputs, packing)]) { tape, x in
      try (0..<uses).map { _ in
        try tape.linear(x[0], weight: weight, bias: bias, activation: activation, dropout: dropout)
      }
    }
    let mask = try dropout.map { try multipliers($0, packing, columns: outputs) }
    let b = bias.map { outcome.value($0) } ?? []
    var y = Reference.linear(
      outcome.inputs[0], weight: outcome.value(weight), bias: b, rows: packing.rows,
      inputs: inputs, activation: activation.reference)
    // The operation is linear in the gradient from above: one backward pass serves both uses.
    var above = zeros(y.count)
    for use in outcome.above { above.add(use) }
    if let mask {
      y = Reference.product(y, mask)
      above = Reference.product(above, mask)
    }
    let d = Reference.linearBackward(
      above, input: outcome.inputs[0], weight: outcome.value(weight), bias: b,
      rows: packing.rows, inputs: inputs, activation: activation.reference)
    let shape = "\(inputs) to \(outputs)"
    for use in 0..<uses {
      expectAgreement(outcome.outputs[use], y, "\(shape): value", file: file, line: line)
    }
    expectAgreement(outcome.inputGradients[0], d.input, "\(shape): input", file: file, line: line)
    expectAgreement(
      outcome.gradient(weight), d.weight, "\(shape): weight", file: file, line: line)
    if let bias {
      expectAgreement(outcome.gradient(bias), d.bias, "\(shape): bias", file: file, line: line)
    }
  }
}
