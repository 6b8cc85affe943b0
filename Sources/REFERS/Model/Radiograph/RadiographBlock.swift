import Tensors

/// One block of the radiograph transformer: `x + Attn(LN(x))`, then `x + MLP(LN(x))`
/// (REFERS sec. 1.1).
struct RadiographBlock {
  let attentionNorm: LayerNorm
  let projections: Linear
  let output: Linear
  let mlpNorm: LayerNorm
  let expand: Linear
  let contract: Linear
  let heads: Int
  let activation: Activation
  let hiddenDropout: Dropout?
  let outputDropout: Dropout?

  init(_ name: String, options: Configuration.Model.Radiograph, in store: ParameterStore) {
    let group = ParameterGroup.radiograph.rawValue
    let width = options.width
    let uniform = Initializer.linear(fanIn: width)
    attentionNorm = LayerNorm(
      "\(name).attention_norm", width: width, epsilon: 1e-6, group: group, in: store)
    mlpNorm = LayerNorm("\(name).ffn_norm", width: width, epsilon: 1e-6, group: group, in: store)
    expand = Linear(
      "\(name).ffn.fc1", inputs: width, outputs: options.mlp, group: group,
      weight: .xavierUniform, bias: .normal(1e-6), in: store)
    contract = Linear(
      "\(name).ffn.fc2", inputs: options.mlp, outputs: width, group: group,
      weight: .xavierUniform, bias: .normal(1e-6), in: store)
    projections = Linear(
      joined: ["query", "key", "value"].map { "\(name).attn.\($0)" }, inputs: width,
      outputs: width, group: group, weight: uniform, bias: uniform, in: store)
    output = Linear(
      "\(name).attn.out", inputs: width, outputs: width, group: group, weight: uniform,
      bias: uniform, in: store)
    heads = options.heads
    activation = options.activation.operation
    hiddenDropout = Dropout(rate: options.dropout, at: "\(name).ffn.hidden")
    outputDropout = Dropout(rate: options.dropout, at: "\(name).ffn.output")
  }

  func callAsFunction(_ x: Variable, on tape: Tape) throws -> Variable {
    let width = x.value.columns
    let joined = try projections(attentionNorm(x, on: tape), on: tape)
    let attended = try tape.attention(
      query: Columns(joined), key: Columns(joined, from: width),
      value: Columns(joined, from: 2 * width), options: .init(heads: heads, width: width))
    let middle = try tape.residual(x, output(attended, on: tape))
    let hidden = try expand(
      mlpNorm(middle, on: tape), on: tape, activation: activation, dropout: hiddenDropout)
    return try tape.residual(middle, contract(hidden, on: tape), dropout: outputDropout)
  }
}

extension Dropout {
  /// Dropout of a configured rate; nil where nothing is dropped.
  init?(rate: Double, at site: String) {
    guard rate > 0 else { return nil }
    self.init(rate: Float(rate), site: site)
  }
}

extension Configuration.Activation {
  /// The operation of this name.
  var operation: Activation { self == .gelu ? .gelu : .relu }
}
