import Determinism
import Diagnostics
import Distributed
import Tensors

/// Whole steps of training, as a run takes them, but for loading and saving.
///
/// All ranks make the same calls.
///
/// - Communication: that of the steps, and a few numbers for each to find the slowest rank.
public final class StepBenchmark {
  public let configuration: Configuration
  /// The tokens that reports are of.
  public let vocabulary: Int
  /// Where the studies come from, as a report says it.
  public var origin: String { studies.origin }
  public let memory: MemoryPlan
  public let threads: Int
  public let identity: String
  /// The classes of a fine-tuned model, as many as those of NIH ChestX-ray14.
  public static let classes = 14

  private let communicator: Communicator
  private let engine: any StepEngine
  private let optimizer: any Optimizer
  private let slots: Int
  private let studies: any BenchmarkStudies
  private let products: MeasuredMultiply
  private let schedule: WarmupCosine
  private var number = 0

  /// The values trained.
  public var parameters: Int { engine.parameters.parameterCount }

  /// - Parameter configuration: its objective decides between studies with reports and images with
  ///   labels, its batch the studies of a step.
  /// - Throws: `Failure(.memory)`, `Failure(.library)`; for a store, `Failure(.file)` and
  ///   `Failure(.input)`.
  public init(
    _ configuration: Configuration, of source: BenchmarkSource, communicator: Communicator
  ) throws {
    self.configuration = configuration
    self.communicator = communicator
    let readsReports = configuration.objective == .reports
    slots = readsReports ? ViewFusion.slots(configuration) : 1
    studies =
      switch source {
      case .mix(let mix): MadeUpStudies(mix, configuration, slots: slots)
      case .store(let directory):
        try StoredStudies(directory, configuration, communicator: communicator)
      }
    vocabulary = studies.vocabulary
    guard let tree = SumTree(leaves: configuration.shards) else {
      throw Failure(.configuration, "shards is not a power of two.")
    }
    products = MeasuredMultiply(try configuration.compute.open())
    identity = products.identity
    threads = try CoreShare(over: communicator, configured: configuration.threads).threads
    let compute = try Compute(threads: threads, blas: products)
    let model: any TrainedModel =
      readsReports
      ? REFERSModel(configuration, vocabulary: vocabulary)
      : ClassifierModel(configuration, classes: Self.classes)
    try model.parameters.allocate(seed: UInt64(bitPattern: Int64(configuration.seed)))
    optimizer = try makeOptimizer(configuration.optimizer, for: model.parameters)
    memory = try MemoryPlan.choose(
      model: model, compute: compute,
      plan: ShardPlan(tree: tree, rank: communicator.rank, ranks: communicator.size),
      optimizerArenas: optimizer.states.count, mostImages: 0,
      limit: MemoryPlan.limit(
        configuration.memory, ranksOnHost: communicator.ranksOnHost,
        atHand: MemoryAtHand.bytes()))
    engine = try Self.engine(
      model,
      EngineParts(
        compute: compute, communicator: communicator, tree: tree, cut: memory.cut,
        messageBytes: try configuration.messageBytes(over: communicator),
        monitor: PhaseMonitor()))
    schedule = WarmupCosine(
      warmup: configuration.optimizer.warmupSteps, steps: configuration.training.steps)
  }

  private static func engine(
    _ model: any TrainedModel, _ parts: EngineParts
  ) throws -> any StepEngine {
    if let model = model as? REFERSModel {
      return try ReportEngine(
        model: model, compute: parts.compute, communicator: parts.communicator, tree: parts.tree,
        cut: parts.cut, messageBytes: parts.messageBytes, monitor: parts.monitor)
    }
    guard let model = model as? ClassifierModel else {
      throw Failure(.configuration, "There is no engine for this model.")
    }
    let labels = (0..<classes).map { Float($0 % 2) }
    return try LabelEngine(
      model: model, loss: LabelLoss(task: .multiLabel, classes: classes),
      labels: { _ in labels[...] }, compute: parts.compute, communicator: parts.communicator,
      tree: parts.tree, cut: parts.cut, messageBytes: parts.messageBytes, monitor: parts.monitor)
  }

  /// The next step, timed from the first rank's begin to the last one's end.
  public func step() throws -> StepMeasure { try measured().step }

  private func measured() throws -> (step: StepMeasure, products: MeasuredMultiply.Measure) {
    number += 1
    let workload = try studies.workload(ofStep: number)
    let indices = studies.indices(ofStep: number)
    let order = engine.plan.dealt(
      Array(0..<workload.count), costs: workload.radiographs.map { min(slots, $0) })
    let own = try studies.studies(
      order[engine.plan.studies(ofRank: communicator.rank, count: workload.count)],
      ofStep: number)
    try communicator.barrier()
    let clock = ContinuousClock()
    let start = clock.now
    var losses = Losses(total: .nan)
    let cost = try products.measure { losses = try train(own, of: order.map { indices[$0] }) }
    let spent = [
      (clock.now - start).seconds, engine.exchange.exposed, cost.seconds / Double(threads),
    ]
    let slowest = try spent.map { try communicator.allReduce($0, .maximum) }
    let step = StepMeasure(
      seconds: slowest[0], exchange: slowest[1], products: slowest[2],
      overlapped: engine.exchange.overlapped, loss: losses.total, workload: workload)
    return (step, cost)
  }

  /// One step more, with what its time goes to on this rank.
  public func profile() throws -> StepProfile {
    var seconds = 0.0
    var cost = MeasuredMultiply.Measure()
    let operations = try engine.compute.team.clock.profile {
      let measured = try measured()
      (seconds, cost) = (measured.step.seconds, measured.products)
    }
    return StepProfile(
      seconds: seconds, products: cost.seconds / Double(threads),
      operations: cost.operations, shares: operations)
  }

  private func train(_ own: [PreparedStudy], of studies: [Int]) throws -> Losses {
    let step = Step(number: number, studies: studies)
    let losses = try engine.train(own, in: step).losses
    _ = engine.update(
      optimizer, clipNorm: configuration.optimizer.clipNorm,
      rates: configuration.optimizer.learningRate.scaled(by: schedule.factor(at: number - 1)))
    return losses
  }
}
