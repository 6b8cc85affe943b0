/// A linear map with bias, `x Wᵀ + b`.
public struct Linear: Sendable {
  public let weight: Parameter
  public let bias: Parameter

  /// Declares `name.weight` [outputs, inputs] and `name.bias` [outputs].
  ///
  /// - Parameter shape: the shape under which the weight is saved, where it is not [out, in].
  public init(
    _ name: String, inputs: Int, outputs: Int, shape: [Int]? = nil, group: String,
    weight initialWeight: Initializer, bias initialBias: Initializer = .zeros,
    in store: ParameterStore
  ) {
    weight = store.declare(
      "\(name).weight", rows: outputs, columns: inputs, shape: shape, group: group, initialWeight)
    bias = store.declare(
      "\(name).bias", rows: 1, columns: outputs, group: group, decays: false, initialBias)
  }

  /// Declares several maps of the same input as one, saved as `names[i].weight` and `.bias`: one
  /// matrix product computes them all, side by side.
  public init(
    joined names: [String], inputs: Int, outputs: Int, group: String,
    weight initialWeight: Initializer, bias initialBias: Initializer = .zeros,
    in store: ParameterStore
  ) {
    weight = store.declare(
      names.map { "\($0).weight" }, rows: outputs * names.count, columns: inputs, group: group,
      initialWeight)
    bias = store.declare(
      names.map { "\($0).bias" }, rows: 1, columns: outputs * names.count, group: group,
      decays: false, initialBias)
  }

  /// Declares a map whose tensors have names of their own, as `in_proj_weight` and `in_proj_bias`.
  public init(
    weightName: String, biasName: String, inputs: Int, outputs: Int, group: String,
    weight initialWeight: Initializer, bias initialBias: Initializer, in store: ParameterStore
  ) {
    weight = store.declare(
      weightName, rows: outputs, columns: inputs, group: group, initialWeight)
    bias = store.declare(
      biasName, rows: 1, columns: outputs, group: group, decays: false, initialBias)
  }

  public func callAsFunction(
    _ x: Variable, on tape: Tape, band: Range<Int>? = nil, activation: Activation = .none,
    dropout: Dropout? = nil
  ) throws -> Variable {
    try tape.linear(
      x, weight: weight, bias: bias, band: band, activation: activation, dropout: dropout)
  }
}
