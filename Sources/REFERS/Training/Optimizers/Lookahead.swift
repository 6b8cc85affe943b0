import Tensors

/// Lookahead (Zhang et al., 2019) around any optimizer: every `period` updates
/// `slow ← slow + α (fast - slow)`, `fast ← slow`; the inner state is kept (REFERS sec. 6).
public final class Lookahead: Optimizer {
  private let inner: any Optimizer
  private let parameters: ParameterStore
  private let slow: MemoryRegion
  private let alpha: Float
  private let period: Int
  /// Updates since fast and slow weights last agreed.
  public private(set) var age = 0

  /// - Throws: `Failure(.memory)`.
  public init(_ inner: any Optimizer, parameters: ParameterStore, period: Int, alpha: Double) throws
  {
    self.inner = inner
    self.parameters = parameters
    self.period = period
    self.alpha = Float(alpha)
    slow = try MemoryRegion(byteCount: parameters.count * 4)
    slow.floats.update(from: parameters.values, count: parameters.count)
  }

  public var states: [(name: String, values: UnsafeMutablePointer<Float>)] {
    inner.states + [("slow", slow.floats)]
  }

  public var counters: OptimizerCounters {
    get { OptimizerCounters(updates: inner.counters.updates, age: age) }
    set {
      inner.counters = OptimizerCounters(updates: newValue.updates)
      age = newValue.age
    }
  }

  public func update(
    gradients: UnsafePointer<Float>, scale: Float, rate: (ParameterGroup) -> Float,
    team: ThreadTeam
  ) {
    inner.update(gradients: gradients, scale: scale, rate: rate, team: team)
    age += 1
    if age == period { synchronize(team: team) }
  }

  /// Brings fast and slow weights together now, as at the end of a run.
  public func synchronize(team: ThreadTeam) {
    guard age > 0 else { return }
    age = 0
    let fast = parameters.values
    let slow = slow.floats
    team.forEachRange(parameters.count, grain: 1 << 16) { range in
      for i in range {
        slow[i] += alpha * (fast[i] - slow[i])
        fast[i] = slow[i]
      }
    }
  }
}
