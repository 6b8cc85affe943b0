import Tensors

/// One layer of the report transformer: causal self-attention, attention to the study's memory,
/// feed-forward (REFERS sec. 3), with the names of PyTorch's `TransformerDecoderLayer`.
struct DecoderLayer {
  let own: DecoderAttention
  let cross: DecoderAttention
  let expand: Linear
  let contract: Linear
  let norms: [LayerNorm]
  let form: Configuration.Model.Decoder.Norm
  let activation: Activation
  let hiddenDropout: Dropout?
  let branchDropouts: [Dropout?]

  init(_ name: String, options: Configuration.Model.Decoder, in store: ParameterStore) {
    let group = ParameterGroup.decoder.rawValue
    let width = options.width
    own = DecoderAttention("\(name).self_attn", options: options, causal: true, in: store)
    cross = DecoderAttention("\(name).multihead_attn", options: options, causal: false, in: store)
    expand = Linear(
      "\(name).linear1", inputs: width, outputs: options.mlp, group: group,
      weight: .normal(0.02), bias: .linear(fanIn: width), in: store)
    contract = Linear(
      "\(name).linear2", inputs: options.mlp, outputs: width, group: group,
      weight: .normal(0.02), bias: .linear(fanIn: options.mlp), in: store)
    norms = (1...3).map {
      LayerNorm("\(name).norm\($0)", width: width, epsilon: 1e-5, group: group, in: store)
    }
    form = options.norm
    activation = options.activation.operation
    hiddenDropout = Dropout(rate: options.dropout, at: "\(name).hidden")
    branchDropouts = (1...3).map { Dropout(rate: options.dropout, at: "\(name).branch\($0)") }
  }

  /// - Parameter memory: the keys and values, one sequence for each of `x`.
  func callAsFunction(
    _ x: Variable, memory: Variable, memoryBias: [Float]?, on tape: Tape
  ) throws -> Variable {
    let branches: [(Variable) throws -> Variable] = [
      { try own($0, memory: $0, on: tape) },
      { try cross($0, memory: memory, memoryBias: memoryBias, on: tape) },
      {
        try contract(
          expand($0, on: tape, activation: activation, dropout: hiddenDropout), on: tape)
      },
    ]
    var x = x
    for ((branch, norm), dropout) in zip(zip(branches, norms), branchDropouts) {
      switch form {
      case .post: x = try norm(tape.residual(x, branch(x), dropout: dropout), on: tape)
      case .pre: x = try tape.residual(x, branch(norm(x, on: tape)), dropout: dropout)
      }
    }
    return x
  }
}

/// Multi-head attention with the three projections stacked in one tensor.
struct DecoderAttention {
  let projections: Linear
  let output: Linear
  let options: AttentionOptions

  init(
    _ name: String, options: Configuration.Model.Decoder, causal: Bool, in store: ParameterStore
  ) {
    let group = ParameterGroup.decoder.rawValue
    let width = options.width
    projections = Linear(
      weightName: "\(name).in_proj_weight", biasName: "\(name).in_proj_bias", inputs: width,
      outputs: 3 * width, group: group, weight: .normal(0.02), bias: .zeros, in: store)
    output = Linear(
      "\(name).out_proj", inputs: width, outputs: width, group: group, weight: .normal(0.02),
      in: store)
    self.options = AttentionOptions(
      heads: options.heads, width: width, causal: causal,
      dropout: Dropout(rate: options.dropout, at: "\(name).probabilities"))
  }

  func callAsFunction(
    _ x: Variable, memory: Variable, memoryBias: [Float]? = nil, on tape: Tape
  ) throws -> Variable {
    let width = options.width
    if memory === x {
      let joined = try projections(x, on: tape)
      let attended = try tape.attention(
        query: Columns(joined), key: Columns(joined, from: width),
        value: Columns(joined, from: 2 * width), options: options)
      return try output(attended, on: tape)
    }
    let query = try projections(x, on: tape, band: 0..<width)
    let pair = try projections(memory, on: tape, band: width..<3 * width)
    let attended = try tape.attention(
      query: Columns(query), key: Columns(pair), value: Columns(pair, from: width),
      options: options, keyBias: memoryBias)
    return try output(attended, on: tape)
  }
}
