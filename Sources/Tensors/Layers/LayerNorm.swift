/// Layer normalisation with a trained scale and shift.
public struct LayerNorm: Sendable {
  public let scale: Parameter
  public let shift: Parameter
  public let epsilon: Float

  /// Declares `name.weight` and `name.bias`, both [width].
  ///
  /// - Parameter decays: whether weight decay applies to the scale, as a historic option.
  public init(
    _ name: String, width: Int, epsilon: Float, group: String, decays: Bool = false,
    in store: ParameterStore
  ) {
    scale = store.declare(
      "\(name).weight", rows: 1, columns: width, group: group, decays: decays, .ones)
    shift = store.declare(
      "\(name).bias", rows: 1, columns: width, group: group, decays: false, .zeros)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Variable, on tape: Tape) throws -> Variable {
    try tape.layerNorm(x, scale: scale, shift: shift, epsilon: epsilon)
  }
}
