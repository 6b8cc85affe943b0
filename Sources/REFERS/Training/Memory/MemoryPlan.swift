import Diagnostics
import Tensors

/// What memory of a rank goes where, and how its shards are cut so that all of it fits.
public struct MemoryPlan: Sendable {
  /// How the shards go through the model.
  public let cut: StepCut
  /// The passes of a step, and the segments of the model.
  public let passes: Int
  public let segments: Int
  /// Bytes of each part.
  public let weights: Int
  public let gradients: Int
  public let optimizer: Int
  public let activations: Int
  /// The most that prepared images take: what is left, up to what is of use.
  public var images: Int { min(mostImages, max(0, limit - needed)) }
  /// Bytes that the rank may use.
  public let limit: Int
  /// Bytes of prepared images beyond which no more are kept.
  let mostImages: Int

  /// What the step cannot do without.
  public var needed: Int { weights + gradients + optimizer + activations }
  /// All parts together.
  public var total: Int { needed + images }

  /// The share of the memory at hand that is planned with; the rest is left to the program's own
  /// needs and to the system, whose cache of files speeds up loading.
  static let share = 0.6

  /// Bytes a rank may use: what is configured, or its share of what is at hand.
  static func limit(_ options: Configuration.Memory, ranksOnHost: Int, atHand: Int) -> Int {
    if options.limit > 0 { return Int(options.limit * Double(1 << 30)) }
    return Int(Double(atHand) * share) / max(1, ranksOnHost)
  }

  /// The cut that costs least time among those that fit.
  ///
  /// A step of the largest studies there can be is rehearsed: with all shards together, then with
  /// ever more segments computed twice, then with the shards in ever more passes. Where nothing
  /// fits, the smallest; the system may still have room for it.
  ///
  /// - Parameters:
  ///   - optimizerArenas: arenas of state, each as long as the parameters.
  ///   - mostImages: bytes of prepared images that are of use.
  /// - Throws: `Failure(.memory)` where `limit` was configured and nothing fits.
  package static func choose(
    model: any TrainedModel, compute: Compute, plan: ShardPlan, optimizerArenas: Int,
    mostImages: Int,
    limit: Int
  ) throws -> MemoryPlan {
    let rehearse = StepRehearsal(model: model, compute: compute, plan: plan)
    let options = model.configuration.memory
    func rehearsed(_ cut: StepCut) throws -> MemoryPlan {
      let need = try rehearse(cut)
      let arena = model.parameters.count * MemoryLayout<Float>.size
      // What travels in half the size is a copy.
      let copies =
        model.configuration.exchange.precision == .bfloat16 && plan.ranks > 1
        ? plan.tree.nodes(covering: plan.own).count * arena / 2 : 0
      return MemoryPlan(
        cut: cut, passes: need.passes, segments: need.segments, weights: arena,
        gradients: need.gradientArenas * arena + copies, optimizer: optimizerArenas * arena,
        activations: need.bytes, limit: limit,
        mostImages: mostImages)
    }

    var smallest: MemoryPlan?
    for shards in rehearse.passSizes(parts: options.parts) {
      var fewest = StepCut(shards: shards)
      if options.recompute == .all { fewest.recomputedSegments = .max }
      let first = try rehearsed(fewest)
      if first.needed <= limit { return first }
      var best = first
      if options.recompute == .auto {
        // The need falls with the number of segments: halve the range.
        var (low, high) = (0, first.segments)
        best = try rehearsed(StepCut(shards: shards, recomputedSegments: high))
        while best.needed <= limit, high - low > 1 {
          let middle = (low + high) / 2
          let tried = try rehearsed(StepCut(shards: shards, recomputedSegments: middle))
          if tried.needed <= limit { (high, best) = (middle, tried) } else { low = middle }
        }
        if best.needed <= limit { return best }
      }
      if best.needed < smallest?.needed ?? Int.max { smallest = best }
    }
    guard let smallest else { throw Failure(.memory, "There is no way to cut a step.") }
    guard options.limit == 0 else {
      throw Failure(
        .memory,
        "A step takes \(smallest.needed >> 20) MiB at least, memory.limit is \(limit >> 20) MiB.",
        remedy: "Raise memory.limit, start more ranks on more hosts, or lower training.batch.")
    }
    return smallest
  }
}
