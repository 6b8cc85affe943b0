import Determinism
import Diagnostics
import Distributed
import Foundation
import Tensors

/// A run of pre-training, from its configuration to its checkpoints.
///
/// The same on one rank and on many: every rank runs the same steps on its own shards; rank 0 also
/// observes, saves and decides what is best.
public final class PretrainingRun {
  private let configuration: Configuration
  private let communicator: Communicator
  private let observer: (any TrainingObserver)?
  private let threads: Int

  /// - Parameter observer: told what happens; given on rank 0 alone.
  public init(
    configuration: Configuration, communicator: Communicator, observer: (any TrainingObserver)?
  ) throws {
    self.configuration = configuration
    self.communicator = communicator
    self.observer = observer
    threads = Threads.count(
      configured: configuration.threads, ranksOnHost: communicator.ranksOnHost)
  }

  /// Trains to the end.
  ///
  /// - Throws: any `Failure`; the caller ends all ranks with it.
  public func run() throws {
    guard let tree = SumTree(leaves: configuration.shards) else {
      throw Failure(
        .configuration, "shards is \(configuration.shards), which is not a power of two.",
        remedy: "Set `shards` to 1, 2, 4, 8 or another power of two.")
    }
    if communicator.rank == 0 { try RunFolder.requireFree(configuration.output) }
    let studies = try StudyCollection(
      configuration, communicator: communicator, threads: threads, observer: observer)
    let model = REFERSModel(
      configuration, vocabulary: studies.vocabulary.count,
      decoderVocabulary: studies.decoderVocabulary?.count)
    try model.parameters.allocate(seed: UInt64(configuration.seed))
    let engine = try StepEngine(
      model: model, compute: try Compute(threads: threads), communicator: communicator, tree: tree)
    let optimizer = try Self.optimizer(configuration.optimizer, parameters: model.parameters)
    let preparer = try studies.preparer(configuration, cacheBytes: 1 << 30)
    let workers =
      configuration.data.workers > 0 ? configuration.data.workers : max(1, threads / 2)
    let plan = EpochPlan(
      seed: UInt64(configuration.seed), studies: studies.training,
      batch: configuration.training.batch, shuffled: true)
    let validation = Validation(
      engine: engine, preparer: preparer,
      plan: EpochPlan(
        seed: UInt64(configuration.seed), studies: studies.validation,
        batch: configuration.training.batch, shuffled: false),
      workers: workers, prefetch: configuration.data.prefetch)

    if let observer {
      try observer.runStarted(
        RunRecord(
          configuration: configuration, steps: configuration.training.steps,
          trainingStudies: studies.training.count, validationStudies: studies.validation.count,
          parameters: model.parameters.parameterCount, ranks: communicator.size, threads: threads))
      try studies.vocabulary.write(to: "\(configuration.output)/vocab.txt")
      try studies.decoderVocabulary?.write(to: "\(configuration.output)/decoder-vocab.txt")
    }
    var loop = TrainingLoop(
      configuration: configuration, engine: engine, optimizer: optimizer, plan: plan,
      validation: validation, observer: observer)
    try loop.run(
      loader: StudyLoader(
        preparer: preparer, requests: loop.requests, workers: workers,
        depth: configuration.data.prefetch))
    try observer?.runFinished()
  }

  private static func optimizer(
    _ options: Configuration.Optimizer, parameters: ParameterStore
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
}
