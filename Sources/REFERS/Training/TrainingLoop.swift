import Diagnostics
import Tensors

/// The steps of a run: load, compute, update, validate, save.
struct TrainingLoop {
  let configuration: Configuration
  let engine: StepEngine
  let optimizer: any Optimizer
  let plan: EpochPlan
  let validation: Validation
  let observer: (any TrainingObserver)?

  private var best = Double.infinity

  init(
    configuration: Configuration, engine: StepEngine, optimizer: any Optimizer, plan: EpochPlan,
    validation: Validation, observer: (any TrainingObserver)?
  ) {
    self.configuration = configuration
    self.engine = engine
    self.optimizer = optimizer
    self.plan = plan
    self.validation = validation
    self.observer = observer
  }

  /// What this rank loads, step after step, over all epochs.
  var requests: AnySequence<LoadRequest> {
    let shards = engine.plan
    return AnySequence(
      steps.lazy.map { epoch, studies in
        LoadRequest(
          epoch: epoch,
          studies: Array(studies[shards.studies(ofRank: shards.rank, count: studies.count)]),
          training: true)
      })
  }

  /// Every step as its epoch and the studies of all ranks.
  private var steps: UnfoldSequence<(epoch: Int, studies: [Int]), (Int, [[Int]])> {
    let plan = plan
    let count = configuration.training.steps
    return sequence(state: (0, [])) { state in
      guard state.0 < count else { return nil }
      let (epoch, place) = state.0.quotientAndRemainder(dividingBy: plan.stepsPerEpoch)
      if place == 0 { state.1 = plan.steps(ofEpoch: epoch) }
      state.0 += 1
      return (epoch, state.1[place])
    }
  }

  /// Runs all steps.
  mutating func run(loader: StudyLoader) throws {
    let schedule = WarmupCosine(
      warmup: configuration.optimizer.warmupSteps, steps: configuration.training.steps)
    let clock = ContinuousClock()
    try validate(step: 0, epoch: 0)
    var validationIsDue = false
    for (index, (epoch, studies)) in steps.enumerated() {
      let start = clock.now
      guard let own = try loader.next() else { break }
      let loaded = clock.now
      let losses = try engine.train(own, count: studies.count)
      let norm = try update(losses, at: index, schedule: schedule)
      let end = clock.now

      let step = index + 1
      let exchange = engine.exchangeSeconds
      try observer?.stepFinished(
        StepRecord(
          step: step, epoch: epoch, losses: losses, learningRate: rates(at: index, schedule),
          gradientNorm: norm, studies: studies.count,
          time: StepTime(
            data: (loaded - start).seconds, compute: (end - loaded).seconds - exchange,
            exchange: exchange)))
      let isLast = step == configuration.training.steps
      let endsEpoch = step % plan.stepsPerEpoch == 0
      if endsEpoch, (epoch + 1) % configuration.validation.everyEpochs == 0 {
        validationIsDue = true
      }
      if isLast { (optimizer as? Lookahead)?.synchronize(team: engine.compute.team) }
      // Fast and slow weights agree only every few updates: validation waits for it.
      if isLast || validationIsDue && weightsAgree {
        validationIsDue = false
        try validate(step: step, epoch: epoch)
      }
    }
  }

  private var weightsAgree: Bool { ((optimizer as? Lookahead)?.age ?? 0) == 0 }

  private func update(
    _ losses: Losses, at index: Int, schedule: WarmupCosine
  ) throws -> Double {
    let parameters = engine.model.parameters
    let team = engine.compute.team
    let norm = GradientNorm.global(engine.gradients, count: parameters.count, team: team)
    guard losses.total.isFinite, norm.isFinite else {
      throw Failure(
        .numerics,
        "the \(losses.total.isFinite ? "gradient" : "loss") of step \(index + 1) is not finite.",
        remedy: "Lower the learning rates, or clip the gradient (optimizer.clip_norm).")
    }
    let factor = schedule.factor(at: index)
    let largest = configuration.optimizer.learningRate
    optimizer.update(
      gradients: engine.gradients,
      scale: GradientNorm.clippingScale(norm: norm, limit: configuration.optimizer.clipNorm),
      rate: { Float(largest.value(of: $0) * factor) }, team: team)
    return norm
  }

  private func rates(
    at index: Int, _ schedule: WarmupCosine
  ) -> Configuration.Optimizer.LearningRate {
    let factor = schedule.factor(at: index)
    let largest = configuration.optimizer.learningRate
    return .init(
      radiograph: largest.radiograph * factor, fusion: largest.fusion * factor,
      textEncoder: largest.textEncoder * factor, decoder: largest.decoder * factor)
  }

  /// Validates on all ranks; rank 0 decides whether it is the best so far and saves.
  private mutating func validate(step: Int, epoch: Int) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try validation()
    guard let observer else { return }
    // The weights a run starts from are not saved, so they cannot be the best.
    let isBest = step > 0 && result.losses.total < best
    if isBest { best = result.losses.total }
    try observer.validated(
      ValidationRecord(
        step: step, epoch: epoch, losses: result.losses, retrieval: result.retrieval,
        studies: result.studies, isBest: isBest, seconds: (clock.now - start).seconds))
    guard step > 0 else { return }
    let store = CheckpointStore(directory: "\(configuration.output)/checkpoints")
    let path = try store.save(
      step: step, tensors: engine.model.namedTensors,
      state: RunState(
        step: step, epoch: epoch, seed: configuration.seed, validation: result.losses,
        configuration: configuration), markBest: isBest)
    try store.prune()
    try observer.checkpointSaved(CheckpointRecord(step: step, path: path))
  }
}

/// What a checkpoint says of the run besides its tensors.
public struct RunState: Codable, Sendable {
  /// Updates made.
  public let step: Int
  public let epoch: Int
  public let seed: Int
  /// The validation losses of these weights.
  public let validation: Losses
  public let configuration: Configuration
}

extension Configuration.Optimizer.LearningRate {
  /// The rate of a group.
  func value(of group: ParameterGroup) -> Double {
    switch group {
    case .radiograph: radiograph
    case .fusion: fusion
    case .textEncoder: textEncoder
    case .decoder: decoder
    }
  }
}

extension REFERSModel {
  /// Every tensor as it is saved. The parameters must outlive the result.
  public var namedTensors: [NamedTensor] {
    parameters.slices.map { slice in
      NamedTensor(
        name: slice.name, shape: slice.shape,
        values: UnsafeBufferPointer(start: parameters.values + slice.offset, count: slice.count))
    }
  }
}
