import Determinism
import Diagnostics
import Distributed
import Tensors

/// What steps of every kind share: the shards of this rank, the gradient of all, and the talk with
/// other ranks.
///
/// The gradient is summed over all shards along the tree while the way back is still under way.
///
/// - Communication: one tree sum of the gradient arena a step.
public final class StepCore {
  public let parameters: ParameterStore
  public let plan: ShardPlan
  public let compute: Compute
  public let monitor: PhaseMonitor
  let communicator: Communicator
  let arena: GradientArena
  /// Seconds of the last step in talk with other ranks.
  public private(set) var exchange = ExchangeTime()

  private let cut: StepCut
  private let precision: StepPrecision
  private let patches: Int
  private let summation: GradientSum
  private var buckets: GradientBuckets

  /// - Parameters:
  ///   - patches: the patches of an image.
  ///   - cut: how the shards of this rank go through the model.
  ///   - precision: what of a step is rounded.
  ///   - messageBytes: the size of a message of gradients, the same on every rank.
  /// - Throws: `Failure(.configuration)` where ranks outnumber shards, `Failure(.memory)`.
  init(
    parameters: ParameterStore, patches: Int, compute: Compute, communicator: Communicator,
    tree: SumTree, cut: StepCut, precision: StepPrecision, messageBytes: Int,
    monitor: PhaseMonitor
  ) throws {
    self.parameters = parameters
    self.patches = patches
    self.compute = compute
    self.communicator = communicator
    self.cut = cut
    self.precision = precision
    self.monitor = monitor
    let message = max(1, messageBytes / MemoryLayout<Float>.size)
    plan = ShardPlan(tree: tree, rank: communicator.rank, ranks: communicator.size)
    arena = try GradientArena(
      parameters: parameters, tree: tree, shards: plan.own, passShards: cut.shards,
      precision: precision.gradients)
    summation = try GradientSum(communicator, tree: tree, arena: arena, message: message)
    buckets = GradientBuckets(parameters, minimum: message)
    arena.completed = { [unowned self] parameter in
      if let range = buckets.complete(parameter) { try summation.submit(range) }
    }
  }

  /// Begins a step; the studies of this rank, cut into the passes of the step of `count` studies.
  func begin(_ studies: [PreparedStudy], count: Int) -> [StudyBatch] {
    exchange = ExchangeTime()
    buckets.begin()
    return arena.passes.map { batch($0.shards, of: studies, count: count) }
  }

  /// The studies of some of this rank's shards as a batch.
  func batch(_ shards: Range<Int>, of studies: [PreparedStudy], count: Int) -> StudyBatch {
    let start = plan.studies(ofRank: plan.rank, count: count).lowerBound
    let places = shards.map { plan.studies(ofShard: $0, count: count) }
    let first = places.first?.lowerBound ?? start
    let last = places.last?.upperBound ?? start
    return StudyBatch(
      Array(studies[first - start..<last - start]),
      shards: places.map { $0.lowerBound - first..<$0.upperBound - first }, patches: patches)
  }

  /// The place in a step of `count` studies of a pass's first.
  func first(ofPass pass: Int, count: Int) -> Int {
    plan.studies(ofShard: arena.passes[pass].shards.lowerBound, count: count).lowerBound
  }

  /// A tape that remembers.
  func tape() -> Tape {
    Tape(
      compute: compute, parameters: parameters, gradients: arena,
      recomputedSegments: cut.recomputedSegments, storage: precision.activations)
  }

  /// Lets the sum of the gradients begin; each parameter's follows once it is complete.
  func beginSum() throws { try summation.begin() }

  /// Waits for the sum of the gradients.
  func finishSum() throws {
    try monitor.enter(.exchange)
    let report = try summation.finish()
    exchange.exposed += report.exposedSeconds
    exchange.overlapped += report.overlappedSeconds
  }

  /// Throws on every rank where steps, studies or parameters of the ranks differ.
  ///
  /// - Parameter tokens: what the rank's studies are to write.
  func agree(on step: Step, tokens: Int) throws -> [StepNotice] {
    let comparison =
      step.comparesParameters && communicator.size > 1
      ? ParameterComparison(parameters, team: compute.team) : nil
    return try exchanging {
      let notices = try StepNotice(
        step, parameters: comparison?.digest ?? 0, tokens: tokens
      ).exchanged(communicator)
      try comparison?.requireEqual(
        notices.map(\.parameters), step: step.number, parameters, communicator)
      return notices
    }
  }

  /// Throws on every rank unless all hold the same finite parameters and states of the optimizer, to
  /// the last bit: what may be saved.
  ///
  /// - Communication: one word from each rank.
  func requireSound(_ optimizer: any Optimizer, step: Int) throws {
    if let tensor = parameters.firstNotFinite(team: compute.team) {
      throw Failure(
        .numerics, "The update made \(parameters.name(of: tensor)) not finite.",
        remedy: "Lower the learning rates, or clip the gradient (optimizer.clip_norm), and resume."
      ).shared()
    }
    guard communicator.size > 1 else { return }
    let comparison = ParameterComparison(
      parameters, states: optimizer.states, team: compute.team)
    try comparison.requireEqual(
      try communicator.allGather(comparison.digest), step: step, parameters, communicator)
  }

  func exchanging<Result>(_ body: () throws -> Result) rethrows -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    defer { exchange.exposed += (clock.now - start).seconds }
    return try body()
  }
}
