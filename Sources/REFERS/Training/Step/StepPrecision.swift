import Tensors

/// What of a step is rounded to bfloat16; weights, sums of products and updates never are.
public struct StepPrecision: Sendable, Equatable {
  /// How activations are kept for the way back.
  public var activations = StoragePrecision.float32
  /// How gradients are added along the tree, and travel.
  public var gradients = StoragePrecision.float32

  public init() {}

  /// What a configuration says.
  public init(_ configuration: Configuration) {
    activations = configuration.memory.activations
    gradients = configuration.exchange.precision
  }
}
