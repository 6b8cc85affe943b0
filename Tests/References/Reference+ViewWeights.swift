extension Reference.Views {
  /// r of one radiograph: l_i + g, W [g; l_i] + b, or the tokens as they are.
  func recurrentRows(_ z: [Double], _ parameters: Reference.ViewParameters) -> [Double] {
    switch recurrent {
    case .add:
      return (width..<z.count).map { z[$0] + z[$0 % width] }
    case .concatLinear:
      return Reference.linear(
        paired(z), weight: parameters.recurrentWeight, bias: parameters.recurrentBias,
        rows: patches, inputs: 2 * width)
    case .interleave, .none:
      return z
    }
  }

  /// The gradient of the tokens of one radiograph from that of its rows.
  func recurrentBackward(
    _ dr: [Double], _ z: [Double], _ parameters: Reference.ViewParameters,
    _ dParameters: inout Reference.ViewParameters
  ) -> [Double] {
    var dz = Reference.zeros(z.count)
    switch recurrent {
    case .add:
      for at in dr.indices {
        dz[width + at] += dr[at]
        dz[at % width] += dr[at]
      }
    case .concatLinear:
      let d = Reference.linearBackward(
        dr, input: paired(z), weight: parameters.recurrentWeight, bias: parameters.recurrentBias,
        rows: patches, inputs: 2 * width)
      dParameters.recurrentWeight = Reference.sum(dParameters.recurrentWeight, d.weight)
      dParameters.recurrentBias = Reference.sum(dParameters.recurrentBias, d.bias)
      for row in 0..<patches {
        for i in 0..<width {
          dz[i] += d.input[row * 2 * width + i]
          dz[(1 + row) * width + i] += d.input[row * 2 * width + width + i]
        }
      }
    case .interleave, .none:
      dz = dr
    }
    return dz
  }

  /// The weight of every row of every slot.
  func viewWeights(
    _ g: [[Double]], _ r: [[Double]], _ parameters: Reference.ViewParameters
  ) -> [[Double]] {
    switch fusion {
    case .none:
      return r.map { _ in Array(repeating: 1, count: rows) }
    case .softmaxGlobal:
      let a = Reference.rowSoftmax(scores(g, parameters), columns: g.count)
      return a.map { Array(repeating: $0, count: rows) }
    case .sigmoidPatch, .sigmoidPatchShared:
      let together = alongside(r)
      return slots.indices.map { j in
        let (weight, bias) = patchLayer(j, parameters)
        return Reference.linear(
          together, weight: weight, bias: bias, rows: rows, inputs: slots.count * width,
          activation: .sigmoid)
      }
    }
  }

  /// From the gradients of the weights to those of what made them.
  func weightsBackward(
    _ dWeights: [[Double]], _ g: [[Double]], _ r: [[Double]],
    _ parameters: Reference.ViewParameters, _ dg: inout [[Double]], _ dr: inout [[Double]],
    _ dParameters: inout Reference.ViewParameters
  ) {
    let inputs = slots.count * width
    switch fusion {
    case .none:
      return
    case .softmaxGlobal:
      let a = Reference.rowSoftmax(scores(g, parameters), columns: g.count)
      let dScores = Reference.rowSoftmaxBackward(
        dWeights.map { $0.reduce(0, +) }, output: a, columns: a.count)
      let second = Reference.linearBackward(
        dScores, input: hidden(g, parameters), weight: parameters.scoreWeight,
        bias: parameters.scoreBias, rows: 1, inputs: width)
      let first = Reference.linearBackward(
        second.input, input: g.flatMap { $0 }, weight: parameters.hiddenWeight,
        bias: parameters.hiddenBias, rows: 1, inputs: inputs, activation: .relu)
      dParameters.scoreWeight = second.weight
      dParameters.scoreBias = second.bias
      dParameters.hiddenWeight = first.weight
      dParameters.hiddenBias = first.bias
      for j in g.indices {
        dg[j] = Reference.sum(dg[j], Array(first.input[j * width..<(j + 1) * width]))
      }
    case .sigmoidPatch, .sigmoidPatchShared:
      let together = alongside(r)
      for j in slots.indices {
        let (weight, bias) = patchLayer(j, parameters)
        let d = Reference.linearBackward(
          dWeights[j], input: together, weight: weight, bias: bias, rows: rows, inputs: inputs,
          activation: .sigmoid)
        let layer = fusion == .sigmoidPatchShared ? 0 : j
        for i in 0..<inputs { dParameters.patchWeight[layer * inputs + i] += d.weight[i] }
        dParameters.patchBias[layer] += d.bias[0]
        for at in d.input.indices {
          let (row, column) = (at / inputs, at % inputs)
          dr[column / width][row * width + column % width] += d.input[at]
        }
      }
    }
  }

  private func hidden(_ g: [[Double]], _ parameters: Reference.ViewParameters) -> [Double] {
    Reference.linear(
      g.flatMap { $0 }, weight: parameters.hiddenWeight, bias: parameters.hiddenBias, rows: 1,
      inputs: slots.count * width, activation: .relu)
  }

  private func scores(_ g: [[Double]], _ parameters: Reference.ViewParameters) -> [Double] {
    Reference.linear(
      hidden(g, parameters), weight: parameters.scoreWeight, bias: parameters.scoreBias, rows: 1,
      inputs: width)
  }

  private func patchLayer(_ slot: Int, _ parameters: Reference.ViewParameters) -> (
    weight: [Double], bias: [Double]
  ) {
    let (layer, inputs) = (fusion == .sigmoidPatchShared ? 0 : slot, slots.count * width)
    return (
      Array(parameters.patchWeight[layer * inputs..<(layer + 1) * inputs]),
      [parameters.patchBias[layer]]
    )
  }

  /// [g; l_i] for every patch: [N, 2D].
  private func paired(_ z: [Double]) -> [Double] {
    (1...patches).flatMap { z[..<width] + z[$0 * width..<($0 + 1) * width] }
  }

  /// [r1_i; r2_i; r3_i] for every row: [rows, 3D].
  private func alongside(_ r: [[Double]]) -> [Double] {
    (0..<rows).flatMap { row in r.flatMap { $0[row * width..<(row + 1) * width] } }
  }
}
