import Determinism
import Diagnostics
import Distributed
import Tensors

/// Computes steps: forward, contrast over all ranks, backward, sum of gradients over all shards.
///
/// This is where tensors and communication meet. The losses and the summed gradient are functions
/// of the step's studies and the parameters alone: shapes depend on shards, sums follow the tree,
/// and every rank computes the same contrast from the gathered features.
///
/// The shards of a rank go through the model together, or, where memory is short, in parts: the
/// features of all parts come first, for the contrast needs them all, then each part goes forward
/// once more and backward. No bit depends on it.
///
/// - Communication: one gather of the features (studies · width floats, twice), one of a few
///   numbers for each shard, and one tree sum of the gradient arena, which goes on while backward
///   still runs.
public final class StepEngine {
  public let model: REFERSModel
  public let plan: ShardPlan
  public let compute: Compute
  public let monitor: PhaseMonitor
  /// The gradient of the step over all ranks, after ``train(_:in:)``.
  public var gradients: UnsafeMutablePointer<Float> { arena.partials[0] }
  /// Seconds of the last step in talk with other ranks.
  public private(set) var exchange = ExchangeTime()

  let communicator: Communicator
  let contrast: ContrastiveLoss
  let options: Configuration.Loss
  let arena: GradientArena
  private let cut: StepCut
  private let summation: TreeExchange<Float>
  private var buckets: GradientBuckets

  /// - Parameters:
  ///   - cut: how the shards of this rank go through the model.
  ///   - messageBytes: the size of a message of gradients, the same on every rank.
  /// - Throws: `Failure(.configuration)` where ranks outnumber shards, `Failure(.memory)`.
  public init(
    model: REFERSModel, compute: Compute, communicator: Communicator, tree: SumTree,
    cut: StepCut = StepCut(), messageBytes: Int = 1 << 20, monitor: PhaseMonitor = PhaseMonitor()
  ) throws {
    self.model = model
    self.compute = compute
    self.communicator = communicator
    self.cut = cut
    self.monitor = monitor
    let message = max(1, messageBytes / MemoryLayout<Float>.size)
    plan = ShardPlan(tree: tree, rank: communicator.rank, ranks: communicator.size)
    summation = try TreeExchange(communicator, tree: tree, pieceElements: message)
    arena = try GradientArena(
      parameters: model.parameters, tree: tree, shards: plan.own, passShards: cut.shards)
    buckets = GradientBuckets(model.parameters, minimum: message)
    options = model.configuration.loss
    contrast = ContrastiveLoss(options)
    arena.completed = { [unowned self] parameter in
      if let range = buckets.complete(parameter) { try summation.submit(range) }
    }
  }

  /// One training step, of which `studies` are this rank's; leaves the gradient in ``gradients``.
  ///
  /// - Parameter stop: asked at the end of the step why the run shall stop, if this rank wants it
  ///   to; what one rank wants all ranks do.
  /// - Throws: on every rank alike, where steps, studies or parameters of the ranks differ.
  public func train(
    _ studies: [PreparedStudy], in step: Step, stop: () -> StopReason? = { nil }
  ) throws -> StepOutcome {
    exchange = ExchangeTime()
    buckets.begin()
    let count = step.studies.count
    let passes = arena.passes.map { batch($0.shards, of: studies, count: count) }
    try monitor.enter(.forward)
    var (own, recorded) = try look(ahead: passes)

    let notices = try agree(on: step, studies)
    let features = try gather(own, count: count)
    own = LocalFeatures()
    try monitor.enter(.contrast)
    let contrast = contrast(
      image: features.image, text: features.text, width: features.width, blas: compute.blas)
    let tokens = notices.reduce(0) { $0 + $1.tokens }
    let seeds = StepSeeds(contrast, tokens: tokens, studies: count, options: options)

    try monitor.enter(.backward)
    try summation.begin(arena.partials)
    var sums: [[Double]] = []
    for (index, batch) in passes.enumerated() {
      arena.begin(pass: index)
      let (tape, outputs) = try recorded ?? record(batch)
      recorded = nil
      let first = plan.studies(ofShard: arena.passes[index].shards.lowerBound, count: count)
      try seeds.apply(to: outputs, at: first.lowerBound, on: tape)
      try tape.backward()
      sums.append(outputs.shardSums)
    }
    try monitor.enter(.exchange)
    let report = try summation.finish()
    exchange.exposed += report.exposedSeconds
    exchange.overlapped += report.overlappedSeconds
    let end = try gather(
      StepEnd(contrast: contrast.loss, stop: stop(), sums: sums.flatMap(\.self)),
      step: step.number)
    return StepOutcome(
      losses: losses(
        contrast: contrast.loss, end.language, tokens: Double(tokens), studies: count),
      stop: end.stop)
  }

  /// The studies of some of this rank's shards as a batch.
  func batch(_ shards: Range<Int>, of studies: [PreparedStudy], count: Int) -> StudyBatch {
    let start = plan.studies(ofRank: plan.rank, count: count).lowerBound
    let places = shards.map { plan.studies(ofShard: $0, count: count) }
    let first = places.first?.lowerBound ?? start
    let last = places.last?.upperBound ?? start
    return StudyBatch(
      Array(studies[first - start..<last - start]),
      shards: places.map { $0.lowerBound - first..<$0.upperBound - first },
      patches: model.radiograph.patches)
  }

  /// A batch forward on a tape that remembers.
  private func record(_ batch: StudyBatch) throws -> (Tape, REFERSModel.Outputs) {
    let tape = Tape(
      compute: compute, parameters: model.parameters, gradients: arena,
      recomputedSegments: cut.recomputedSegments)
    return (tape, try model.forward(batch, on: tape))
  }

  /// The features of all parts; where there is one part only, with the tape that computed them.
  private func look(
    ahead passes: [StudyBatch]
  ) throws -> (LocalFeatures, (Tape, REFERSModel.Outputs)?) {
    var own = LocalFeatures()
    if passes.count == 1 {
      let recorded = try record(passes[0])
      own.append(recorded.1.image, recorded.1.text)
      return (own, recorded)
    }
    for batch in passes {
      let tape = Tape(compute: compute, parameters: model.parameters, dropsUnits: true)
      let (image, text) = try model.features(batch, on: tape)
      own.append(image, text)
    }
    return (own, nil)
  }

  private func agree(on step: Step, _ studies: [PreparedStudy]) throws -> [StepNotice] {
    let comparison =
      step.comparesParameters && communicator.size > 1
      ? ParameterComparison(model.parameters, team: compute.team) : nil
    return try exchanging {
      let notices = try StepNotice(
        step, parameters: comparison?.digest ?? 0, tokens: tokens(of: studies)
      ).exchanged(communicator)
      try comparison?.requireEqual(
        notices.map(\.parameters), step: step.number, model.parameters, communicator)
      return notices
    }
  }

  /// Throws on every rank unless all hold the same finite parameters and states of the optimizer, to
  /// the last bit: what may be saved.
  ///
  /// - Communication: one word from each rank.
  func requireSound(_ optimizer: any Optimizer, step: Int) throws {
    if let tensor = model.parameters.firstNotFinite(team: compute.team) {
      throw Failure(
        .numerics, "The update made \(model.parameters.name(of: tensor)) not finite.",
        remedy: "Lower the learning rates, or clip the gradient (optimizer.clip_norm), and resume."
      ).shared()
    }
    guard communicator.size > 1 else { return }
    let comparison = ParameterComparison(
      model.parameters, states: optimizer.states, team: compute.team)
    try comparison.requireEqual(
      try communicator.allGather(comparison.digest), step: step, model.parameters, communicator)
  }

  func exchanging<Result>(_ body: () throws -> Result) rethrows -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    defer { exchange.exposed += (clock.now - start).seconds }
    return try body()
  }
}
