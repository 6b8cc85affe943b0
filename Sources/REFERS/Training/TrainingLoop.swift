import Diagnostics
import Tensors

/// The steps of a run: load, compute, update, validate, save.
struct TrainingLoop {
  let configuration: Configuration
  let engine: any StepEngine
  let optimizer: any Optimizer
  let plan: EpochPlan
  /// The images that a study has in an epoch: what its cost is taken for.
  private let images: @Sendable (_ study: Int, _ epoch: Int) -> Int
  let validation: any Validation
  /// On rank 0 alone.
  let observer: (any TrainingObserver)?
  let saver: TrainingSaver?

  private(set) var progress: TrainingProgress
  private var stop: StopRequest
  private var savedStep: Int?
  /// Seconds that saving took last; before, what a slow disk may need.
  private var saveSeconds: Double
  let schedule: WarmupCosine
  private var validationSeconds = 0.0
  private let clock = ContinuousClock()

  init(
    configuration: Configuration, engine: any StepEngine, optimizer: any Optimizer, plan: EpochPlan,
    images: @escaping @Sendable (_ study: Int, _ epoch: Int) -> Int, validation: any Validation,
    progress: TrainingProgress, stop: StopRequest,
    observer: (any TrainingObserver)?, saver: TrainingSaver?
  ) {
    self.configuration = configuration
    self.engine = engine
    self.optimizer = optimizer
    self.plan = plan
    self.images = images
    self.validation = validation
    self.progress = progress
    self.stop = stop
    self.observer = observer
    self.saver = saver
    schedule = WarmupCosine(
      warmup: configuration.optimizer.warmupSteps, steps: configuration.training.steps)
    let bytes = engine.parameters.count * 4 * (1 + optimizer.states.count)
    saveSeconds = Double(bytes) / Self.slowDisk
  }

  /// Bytes that a slow disk takes in a second.
  private static let slowDisk = 1e8

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

  /// Every step that is left, as its epoch and the studies of all ranks, dealt to their shards.
  private var steps: UnfoldSequence<(epoch: Int, studies: [Int]), (Int, EpochPlan.Steps?)> {
    let (plan, shards, images) = (plan, engine.plan, images)
    let count = configuration.training.steps
    return sequence(state: (progress.step, nil)) { state in
      guard state.0 < count else { return nil }
      let (epoch, place) = state.0.quotientAndRemainder(dividingBy: plan.stepsPerEpoch)
      let steps = (place == 0 ? nil : state.1) ?? plan.steps(ofEpoch: epoch)
      state = (state.0 + 1, steps)
      let studies = steps[place]
      return (epoch, shards.dealt(studies, costs: studies.map { images($0, epoch) }))
    }
  }

  /// Runs the steps that are left; returns why it stopped before the last one, if it did.
  mutating func run(loader: StudyLoader) throws -> StopReason? {
    if hasSettled { return nil }
    if progress.step == 0 || progress.validationIsDue && optimizer.weightsAgree {
      try validate()
    }
    var lastSeconds = 0.0
    for (epoch, studies) in steps {
      let start = clock.now
      let every = configuration.checks.parametersEvery
      let number = progress.step + 1
      let step = Step(
        number: number, studies: studies,
        comparesParameters: every > 0 && number.isMultiple(of: every))
      try engine.monitor.enter(.loading, step: number)
      guard let own = try loader.next() else { break }
      let loaded = clock.now
      // A validation that comes before the next step takes its time too.
      let validates = progress.validationIsDue || number.isMultiple(of: plan.stepsPerEpoch * span)
      let outcome = try engine.train(own, in: step) {
        stop.check(
          stepSeconds: max(lastSeconds, (clock.now - start).seconds),
          saveSeconds: saveSeconds + (validates ? validationSeconds : 0))
      }
      try engine.monitor.enter(.update)
      let norm = try update(outcome.losses, own, in: step)
      progress.step = number
      progress.epoch = epoch
      progress.validation = nil
      try observer?.stepFinished(
        StepRecord(
          step: number, epoch: epoch, losses: outcome.losses, learningRate: rates(of: step),
          gradientNorm: norm, studies: studies.count,
          time: StepTime(
            data: (loaded - start).seconds,
            compute: (clock.now - loaded).seconds - engine.exchange.exposed,
            exchange: engine.exchange.exposed, overlapped: engine.exchange.overlapped)))
      lastSeconds = (clock.now - start).seconds
      try finish(step, stops: outcome.stop != nil)
      if hasSettled { return nil }
      if let reason = outcome.stop, number < configuration.training.steps { return reason }
    }
    return nil
  }

  /// Epochs that are counted as one, where they are short.
  private var span: Int {
    let steps = plan.stepsPerEpoch
    return max(1, (configuration.validation.minimumSteps + steps - 1) / steps)
  }

  /// Whether a classifier has had as many validations without a better one as it may.
  private var hasSettled: Bool {
    configuration.objective == .target && configuration.target.patience > 0
      && progress.validationsSinceBest >= configuration.target.patience
  }

  /// Makes the one step of a run that only fits a head; nothing where it has been made.
  mutating func take(_ fit: () throws -> ValidationResult) throws -> StopReason? {
    guard progress.step == 0 else { return nil }
    try engine.monitor.enter(.validation)
    let start = clock.now
    let result = try fit()
    progress.step = 1
    progress.bestLoss = result.losses.total
    progress.bestScore = result.score
    progress.bestStep = 1
    try observer?.validated(
      ValidationRecord(
        step: 1, epoch: 0, losses: result.losses, measures: result.measures,
        studies: result.studies, isBest: true, seconds: (clock.now - start).seconds))
    try save(markBest: true)
    return nil
  }

  /// Validates and saves where it is time to; where the run stops it only saves, and the validation
  /// is left to the run that goes on.
  private mutating func finish(_ step: Step, stops: Bool) throws {
    let isLast = step.number == configuration.training.steps
    let endsEpoch =
      step.number.isMultiple(of: plan.stepsPerEpoch) && (progress.epoch + 1).isMultiple(of: span)
    if endsEpoch, (progress.epoch + 1).isMultiple(of: configuration.validation.everyEpochs * span) {
      progress.validationIsDue = true
    }
    if stops, !isLast { return try save() }
    if isLast { (optimizer as? Lookahead)?.synchronize(team: engine.compute.team) }
    // Fast and slow weights agree only every few updates: validation waits for it.
    if isLast || progress.validationIsDue && optimizer.weightsAgree {
      try validate()
    } else if endsEpoch || step.number.isMultiple(of: configuration.checkpoint.everySteps) {
      try save()
    }
  }

  /// Validates on all ranks; rank 0 decides whether it is the best so far. The step is then saved,
  /// save for the weights that a run starts from, which cannot be the best either.
  private mutating func validate() throws {
    try engine.monitor.enter(.validation)
    progress.validationIsDue = false
    let start = clock.now
    let result = try validation()
    validationSeconds = (clock.now - start).seconds
    let step = progress.step
    progress.validation = result.losses
    let isBest = step > 0 && result.score > progress.bestScore ?? -.infinity
    if isBest {
      progress.bestLoss = result.losses.total
      progress.bestScore = result.score
      progress.bestStep = step
      progress.validationsSinceBest = 0
    } else if step > 0 {
      progress.validationsSinceBest += 1
    }
    try observer?.validated(
      ValidationRecord(
        step: step, epoch: progress.epoch, losses: result.losses, measures: result.measures,
        studies: result.studies, isBest: isBest, seconds: (clock.now - start).seconds))
    if step > 0 { try save(markBest: isBest) }
  }

  /// Saves the run, unless it was saved at this step, once the ranks are found to hold the same
  /// and finite weights.
  private mutating func save(markBest: Bool = false) throws {
    guard savedStep != progress.step else { return }
    try engine.monitor.enter(.saving)
    try engine.core.requireSound(optimizer, step: progress.step)
    savedStep = progress.step
    guard let saver else { return }
    let start = clock.now
    let path = try saver.save(progress, markBest: markBest)
    saveSeconds = (clock.now - start).seconds
    try observer?.checkpointSaved(
      CheckpointRecord(step: progress.step, path: path, seconds: saveSeconds))
  }
}
