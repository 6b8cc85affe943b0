import Tensors

/// One layer of BERT: attention and feed-forward, each added to its input and then normalised.
struct TextEncoderLayer {
  let projections: Linear
  let attentionOutput: Linear
  let attentionNorm: LayerNorm
  let expand: Linear
  let contract: Linear
  let norm: LayerNorm
  let heads: Int
  let probabilityDropout: Dropout?
  let attentionDropout: Dropout?
  let outputDropout: Dropout?

  init(
    _ name: String, options: Configuration.Model.TextEncoder, decaysNorms: Bool,
    in store: ParameterStore
  ) {
    let group = ParameterGroup.textEncoder.rawValue
    let width = options.width
    let normal = Initializer.normal(0.02)
    projections = Linear(
      joined: ["query", "key", "value"].map { "\(name).attention.self.\($0)" }, inputs: width,
      outputs: width, group: group, weight: normal, in: store)
    attentionOutput = Linear(
      "\(name).attention.output.dense", inputs: width, outputs: width, group: group,
      weight: normal, in: store)
    attentionNorm = LayerNorm(
      "\(name).attention.output.LayerNorm", width: width, epsilon: Float(options.normEpsilon),
      group: group,
      decays: decaysNorms, in: store)
    expand = Linear(
      "\(name).intermediate.dense", inputs: width, outputs: options.mlp, group: group,
      weight: normal, in: store)
    contract = Linear(
      "\(name).output.dense", inputs: options.mlp, outputs: width, group: group,
      weight: normal, in: store)
    norm = LayerNorm(
      "\(name).output.LayerNorm", width: width, epsilon: Float(options.normEpsilon), group: group,
      decays: decaysNorms, in: store)
    heads = options.heads
    probabilityDropout = Dropout(rate: options.dropout, at: "\(name).attention.probabilities")
    attentionDropout = Dropout(rate: options.dropout, at: "\(name).attention.output")
    outputDropout = Dropout(rate: options.dropout, at: "\(name).output")
  }

  func callAsFunction(_ x: Variable, on tape: Tape) throws -> Variable {
    let width = x.value.columns
    let joined = try projections(x, on: tape)
    let attended = try tape.attention(
      query: Columns(joined), key: Columns(joined, from: width),
      value: Columns(joined, from: 2 * width),
      options: .init(heads: heads, width: width, dropout: probabilityDropout))
    let middle = try attentionNorm(
      tape.residual(x, attentionOutput(attended, on: tape), dropout: attentionDropout), on: tape)
    let hidden = try expand(middle, on: tape, activation: .gelu)
    return try norm(
      tape.residual(middle, contract(hidden, on: tape), dropout: outputDropout), on: tape)
  }
}
