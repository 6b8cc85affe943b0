import Foundation

extension Reference {
  /// One update of SGD: g += decay · p; m = momentum · m + g; p -= rate · m (REFERS sec. 6).
  public static func sgd(
    _ parameters: inout [Double], gradients: [Double], momenta: inout [Double], rate: Double,
    momentum: Double, decay: Double
  ) {
    for i in parameters.indices {
      momenta[i] = momentum * momenta[i] + gradients[i] + decay * parameters[i]
      parameters[i] -= rate * momenta[i]
    }
  }

  /// What AdamW remembers of each parameter.
  public struct AdamWState {
    public var first: [Double]
    public var second: [Double]

    public init(count: Int) { (first, second) = (zeros(count), zeros(count)) }
  }

  /// Update `step` (from 0) of AdamW (Loshchilov and Hutter, 2019): decoupled decay, then
  /// p -= rate · m̂ / (√v̂ + ε).
  public static func adamW(
    _ parameters: inout [Double], gradients: [Double], state: inout AdamWState, step: Int,
    rate: Double, beta1: Double, beta2: Double, epsilon: Double, decay: Double
  ) {
    let correction1 = 1 - pow(beta1, Double(step + 1))
    let correction2 = 1 - pow(beta2, Double(step + 1))
    for i in parameters.indices {
      state.first[i] = beta1 * state.first[i] + (1 - beta1) * gradients[i]
      state.second[i] = beta2 * state.second[i] + (1 - beta2) * gradients[i] * gradients[i]
      parameters[i] -= rate * decay * parameters[i]
      let deviation = (state.second[i] / correction2).squareRoot() + epsilon
      parameters[i] -= rate * (state.first[i] / correction1) / deviation
    }
  }

  /// slow += alpha · (fast - slow); fast = slow.
  public static func lookahead(_ fast: inout [Double], slow: inout [Double], alpha: Double) {
    for i in fast.indices { slow[i] += alpha * (fast[i] - slow[i]) }
    fast = slow
  }

  /// Scales gradients to a global L2 norm of at most `limit` and returns the norm before; 0 is off.
  public static func clip(_ gradients: inout [[Double]], limit: Double) -> Double {
    let norm = gradients.reduce(0) { $0 + dot($1, $1) }.squareRoot()
    if limit > 0, norm > limit {
      gradients = gradients.map { $0.map { $0 * limit / norm } }
    }
    return norm
  }

  /// What the greatest rate is multiplied by at update `step` (from 0): (t + 1) / W in warm-up, then
  /// half a cosine to the end.
  public static func rateFactor(step: Int, warmup: Int, steps: Int) -> Double {
    if step < warmup { return Double(step + 1) / Double(warmup) }
    return 0.5 * (1 + cos(Double.pi * Double(step - warmup) / Double(steps - warmup)))
  }
}
