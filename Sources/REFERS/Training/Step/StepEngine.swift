import Diagnostics
import Tensors

/// Computes steps of one kind: the losses and the summed gradient.
///
/// Both are functions of the step's studies and the parameters alone: shapes depend on shards, sums
/// follow the tree.
public protocol StepEngine: AnyObject {
  var core: StepCore { get }

  /// One training step, of which `studies` are this rank's; leaves the gradient in ``gradients``.
  ///
  /// - Parameter stop: asked at the end of the step why the run shall stop, if this rank wants it
  ///   to; what one rank wants all ranks do.
  /// - Throws: on every rank alike, where steps, studies or parameters of the ranks differ.
  func train(
    _ studies: [PreparedStudy], in step: Step, stop: () -> StopReason?
  ) throws -> StepOutcome

  /// A study alone forward and back on a tape: what of it first is not finite, in words; nil where
  /// all is but perhaps a gradient.
  func defect(of study: PreparedStudy, on tape: Tape) throws -> String?
}

extension StepEngine {
  public var plan: ShardPlan { core.plan }
  public var compute: Compute { core.compute }
  public var monitor: PhaseMonitor { core.monitor }
  public var parameters: ParameterStore { core.parameters }
  public var exchange: ExchangeTime { core.exchange }
  /// The gradient of the step over all ranks, after training it.
  public var gradients: UnsafeMutablePointer<Float> { core.arena.partials[0] }

  public func train(_ studies: [PreparedStudy], in step: Step) throws -> StepOutcome {
    try train(studies, in: step, stop: { nil })
  }

  static func isFinite(_ variable: Variable) -> Bool { variable.value.array.allSatisfy(\.isFinite) }
}

/// What a rank tells the others at the end of a step.
struct StepEnd {
  /// A value that every rank has computed alike.
  let common: Double
  /// What it is, as an error says it.
  let name: String
  let stop: StopReason?
  /// For each shard of the rank so many sums.
  let sums: [Double]
}

extension StepCore {
  /// The sums of all shards, in their order, `width` for each, and the reason to stop if a rank has
  /// one; on the way the ranks compare what they have computed alike.
  func gather(
    _ own: StepEnd, width: Int, step: Int
  ) throws -> (totals: [Double], stop: StopReason?) {
    let words = [own.common.bitPattern, UInt64(own.stop?.code ?? 0)] + own.sums.map(\.bitPattern)
    let counts = (0..<plan.ranks).map { 2 + plan.shards(of: $0).count * width }
    let all = try exchanging { try communicator.allGather(words, counts: counts) }
    var totals = [Double](repeating: 0, count: width)
    var stop: UInt64 = 0
    var place = 0
    for rank in 0..<plan.ranks {
      guard all[place] == all[0] else {
        throw Failure(
          .numerics,
          "Rank \(rank) computed another \(own.name) than rank 0 at step \(step).",
          remedy: "Check that node's memory and processor, then resume from the last checkpoint."
        ).shared()
      }
      stop = max(stop, all[place + 1])
      for offset in 2..<counts[rank] {
        totals[(offset - 2) % width] += Double(bitPattern: all[place + offset])
      }
      place += counts[rank]
    }
    return (totals, StopReason(code: Int32(truncatingIfNeeded: stop)))
  }
}
