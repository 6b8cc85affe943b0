import Tensors

/// The optimizer that a configuration describes.
///
/// - Throws: `Failure(.memory)`.
package func makeOptimizer(
  _ options: Configuration.Optimizer, for parameters: ParameterStore
) throws -> any Optimizer {
  let inner: any Optimizer
  switch options.name {
  case .sgd:
    inner = try SGD(
      parameters: parameters, momentum: options.momentum, weightDecay: options.weightDecay)
  case .adamw:
    inner = try AdamW(
      parameters: parameters, beta1: options.beta1, beta2: options.beta2,
      epsilon: options.epsilon, weightDecay: options.weightDecay)
  }
  guard options.lookahead.enabled else { return inner }
  return try Lookahead(
    inner, parameters: parameters, period: options.lookahead.steps,
    alpha: options.lookahead.alpha)
}

extension Configuration.Optimizer.LearningRate {
  /// The rate of a group.
  package func value(of group: ParameterGroup) -> Double {
    switch group {
    case .radiograph: radiograph
    case .fusion: fusion
    case .textEncoder: textEncoder
    case .decoder: decoder
    case .head: head
    }
  }

  /// The same share of every rate.
  func scaled(by factor: Double) -> Self {
    var rates = self
    for rate in [\.radiograph, \.fusion, \.textEncoder, \.decoder, \.head]
      as [WritableKeyPath<Self, Double>]
    { rates[keyPath: rate] *= factor }
    return rates
  }
}
