import Determinism
import Diagnostics
import Distributed
import Foundation
import Tensors

/// A run of training, from its configuration or a checkpoint to its end.
///
/// The same on one rank and on many: every rank runs the same steps on its own shards; rank 0 also
/// observes, saves and decides what is best.
public final class TrainingRun {
  private let start: RunStart
  private let configuration: Configuration
  private let communicator: Communicator
  private let observer: (any TrainingObserver)?
  private let monitor: PhaseMonitor
  private let timeLimit: TimeLimit?
  private let program: String

  /// - Parameters:
  ///   - program: the version of the program, for the record.
  ///   - observer: told what happens; given on rank 0 alone.
  ///   - timeLimit: when the run shall have ended; that of rank 0 counts.
  public init(
    _ start: RunStart, program: String, communicator: Communicator,
    observer: (any TrainingObserver)?, timeLimit: TimeLimit? = nil,
    monitor: PhaseMonitor = PhaseMonitor()
  ) {
    self.start = start
    configuration = start.configuration
    self.program = program
    self.communicator = communicator
    self.observer = observer
    self.timeLimit = timeLimit
    self.monitor = monitor
  }

  /// Trains to the end, or until it is asked to stop; returns why it stopped, if it did.
  ///
  /// - Throws: any `Failure`, with the step and what was being done; the caller ends all ranks.
  public func run() throws -> StopReason? {
    var trainer = try communicator.together(PhaseMonitor.Phase.preparing.rawValue) {
      try prepare()
    }
    do {
      let (subject, parts) = (trainer.subject, trainer.parts)
      let reason =
        configuration.fitsHeadAlone
        ? try trainer.loop.take { try subject.fitHead(parts) }
        : try trainer.loop.run(loader: trainer.loader)
      if let reason {
        observer?.stopped(reason, step: trainer.loop.progress.step)
      } else {
        try monitor.enter(.validation)
        try subject.conclude(
          parts, trainer.loop.progress, communicator: communicator, observer: observer)
      }
      try observer?.runFinished()
      return reason
    } catch {
      // Messages to and from the gradients may be under way: these stay until the process ends.
      _ = Unmanaged.passRetained(trainer.parts.engine.core)
      throw (error as? Failure)?.within(monitor.place) ?? error
    }
  }

  /// A run that is ready for its first step.
  private struct Trainer {
    let subject: any TrainingSubject
    let parts: ValidationParts
    var loop: TrainingLoop
    let loader: StudyLoader
  }

  private func prepare() throws -> Trainer {
    try monitor.enter(.preparing)
    guard let tree = SumTree(leaves: configuration.shards) else {
      throw Failure(
        .configuration, "shards is \(configuration.shards), which is not a power of two.",
        remedy: "Set `shards` to 1, 2, 4, 8 or another power of two.")
    }
    let blas = try configuration.compute.open()
    let build = BuildRecord.current(with: blas)
    let versions = VersionRecord(program: program, mpi: Communicator.libraryVersion)
    try communicator.agreeOnBuild(build.traits(of: versions))
    let share = try CoreShare(over: communicator, configured: configuration.threads)
    if let warning = share.warning { observer?.warned(warning) }
    let threads = share.threads

    let subject = try subject(threads: threads)
    let digest = communicator.rank == 0 ? try subject.digest() : ""
    if communicator.rank == 0 { try start.point?.requireData(digest: digest) }
    let parameters = subject.model.parameters
    monitor.model = subject.model
    try parameters.allocate(seed: configuration.trainingSeed)
    if start.point == nil {
      for notice in try subject.startPretrained(over: communicator) { observer?.warned(notice) }
    }
    let optimizer = try makeOptimizer(configuration.optimizer, for: parameters)
    try start.point?.restore(into: parameters, optimizer: optimizer, over: communicator)

    let compute = try Compute(threads: threads, blas: blas)
    let memory = try MemoryPlan.choose(
      model: subject.model, compute: compute,
      plan: ShardPlan(tree: tree, rank: communicator.rank, ranks: communicator.size),
      optimizerArenas: optimizer.states.count,
      // A store's images are decoded already.
      mostImages: subject.source is StudyStore ? 0 : 1 << 30,
      limit: MemoryPlan.limit(
        configuration.memory, ranksOnHost: communicator.ranksOnHost,
        atHand: MemoryAtHand.bytes()))
    let engine = try subject.engine(
      EngineParts(
        compute: compute, communicator: communicator, tree: tree, cut: memory.cut,
        messageBytes: try configuration.messageBytes(over: communicator), monitor: monitor))
    let saver = TrainingSaver(
      configuration: configuration, parameters: parameters, optimizer: optimizer,
      meaning: subject.meaning, build: build, versions: versions, dataDigest: digest)
    try announce(
      RunRecord(
        configuration: configuration, steps: configuration.training.steps,
        trainingStudies: subject.training.count, validationStudies: subject.validation.count,
        parameters: parameters.parameterCount, ranks: communicator.size, threads: threads,
        build: build, memory: memory, resumedAfter: start.resumedAfter), subject, saver)
    return try makeTrainer(
      subject, engine, optimizer, saver, threads: threads, imageBytes: memory.images)
  }

  private func subject(threads: Int) throws -> any TrainingSubject {
    switch configuration.objective {
    case .reports:
      try ReportSubject(start, communicator: communicator, threads: threads, observer: observer)
    case .labels, .target:
      try LabelSubject(start, communicator: communicator, threads: threads, observer: observer)
    }
  }

  /// Begins or goes on with the files of the run, on rank 0.
  private func announce(
    _ record: RunRecord, _ subject: any TrainingSubject, _ saver: TrainingSaver
  ) throws {
    guard let observer else { return }
    if let point = start.point { try saver.resume(from: point) }
    for notice in start.notices { observer.preparing(notice) }
    try observer.runStarted(record)
    if !configuration.shards.isMultiple(of: communicator.size) {
      observer.preparing(
        "\(configuration.shards) shards do not divide evenly among \(communicator.size) ranks: the "
          + "result is the same, but those with more set the pace")
    }
    if start.point != nil, start.resumes { return }
    try subject.begin()
  }

  private func makeTrainer(
    _ subject: any TrainingSubject, _ engine: any StepEngine, _ optimizer: any Optimizer,
    _ saver: TrainingSaver, threads: Int, imageBytes: Int
  ) throws -> Trainer {
    let preparer = try subject.preparer(cacheBytes: imageBytes)
    let workers =
      configuration.data.workers > 0 ? configuration.data.workers : max(1, threads / 2)
    let parts = ValidationParts(engine: engine, preparer: preparer, workers: workers)
    let isFirst = communicator.rank == 0
    let loop = TrainingLoop(
      configuration: configuration, engine: engine, optimizer: optimizer,
      plan: EpochPlan(
        seed: configuration.trainingSeed, studies: subject.training,
        batch: configuration.training.batch, shuffled: true),
      images: { preparer.images(of: $0, epoch: $1) },
      validation: try subject.validation(parts),
      progress: start.point?.state.progress ?? TrainingProgress(),
      stop: StopRequest(limit: isFirst ? timeLimit : nil), observer: observer,
      saver: isFirst ? saver : nil)
    let loader = try StudyLoader(
      preparer: preparer, requests: loop.requests, workers: workers,
      depth: configuration.data.prefetch)
    return Trainer(subject: subject, parts: parts, loop: loop, loader: loader)
  }
}
