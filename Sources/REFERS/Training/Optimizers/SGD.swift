import Tensors

/// Stochastic gradient descent with momentum and weight decay, as in PyTorch (REFERS sec. 6):
/// `g ← g + λ p`, `m ← μ m + g`, `p ← p - η m`.
public final class SGD: Optimizer {
  private let parameters: ParameterStore
  private let plan: UpdatePlan
  private let region: MemoryRegion
  private let momentum: Float
  private let decay: Float
  private var updates = 0

  /// - Throws: `Failure(.memory)`.
  public init(parameters: ParameterStore, momentum: Double, weightDecay: Double) throws {
    self.parameters = parameters
    self.momentum = Float(momentum)
    decay = Float(weightDecay)
    plan = UpdatePlan(parameters)
    region = try MemoryRegion(byteCount: parameters.count * 4)
  }

  public var states: [(name: String, values: UnsafeMutablePointer<Float>)] {
    [("momentum", region.floats)]
  }

  public var counters: OptimizerCounters {
    get { OptimizerCounters(updates: updates) }
    set { updates = newValue.updates }
  }

  public func update(
    gradients: UnsafePointer<Float>, scale: Float, rate: (ParameterGroup) -> Float,
    team: ThreadTeam
  ) {
    updates += 1
    let p = parameters.values
    let m = region.floats
    plan.forEach(team) { piece in
      let rate = rate(piece.group)
      let decay = piece.decays ? decay : 0
      for i in piece.range {
        let g = gradients[i] * scale + decay * p[i]
        m[i] = momentum * m[i] + g
        p[i] -= rate * m[i]
      }
    }
  }
}
