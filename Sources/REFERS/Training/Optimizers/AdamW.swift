import Foundation
import Tensors

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019), as in PyTorch:
/// `p ← p (1 - η λ)`, `m ← β₁ m + (1 - β₁) g`, `v ← β₂ v + (1 - β₂) g²`,
/// `p ← p - η (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)`.
public final class AdamW: Optimizer {
  private let parameters: ParameterStore
  private let plan: UpdatePlan
  private let first: MemoryRegion
  private let second: MemoryRegion
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Float
  private let decay: Float
  /// Updates made so far.
  public private(set) var updates = 0

  public var counters: OptimizerCounters {
    get { OptimizerCounters(updates: updates) }
    set { updates = newValue.updates }
  }

  /// - Throws: `Failure(.memory)`.
  public init(
    parameters: ParameterStore, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double
  ) throws {
    self.parameters = parameters
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = Float(epsilon)
    decay = Float(weightDecay)
    plan = UpdatePlan(parameters)
    first = try MemoryRegion(byteCount: parameters.count * 4)
    second = try MemoryRegion(byteCount: parameters.count * 4)
  }

  public var states: [(name: String, values: UnsafeMutablePointer<Float>)] {
    [("first_moment", first.floats), ("second_moment", second.floats)]
  }

  public func update(
    gradients: UnsafePointer<Float>, scale: Float, rate: (ParameterGroup) -> Float,
    team: ThreadTeam
  ) {
    updates += 1
    let p = parameters.values
    let m = first.floats
    let v = second.floats
    let correction1 = Float(1 / (1 - pow(beta1, Double(updates))))
    let correction2 = Float(1 / (1 - pow(beta2, Double(updates))))
    let (b1, b2) = (Float(beta1), Float(beta2))
    let (c1, c2) = (Float(1 - beta1), Float(1 - beta2))
    plan.forEach(team) { piece in
      let rate = rate(piece.group)
      let keep = piece.decays ? 1 - rate * decay : 1
      for i in piece.range {
        let g = gradients[i] * scale
        m[i] = b1 * m[i] + c1 * g
        v[i] = b2 * v[i] + c2 * g * g
        let step = (m[i] * correction1) / ((v[i] * correction2).squareRoot() + epsilon)
        p[i] = p[i] * keep - rate * step
      }
    }
  }
}
