/// Watches a run. The trainer calls it on rank 0 alone, in the order of what happens, and from one
/// thread; whatever it does has no influence on the result.
public protocol TrainingObserver: AnyObject {
  /// Something that takes time before the run can start.
  func preparing(_ activity: String)
  /// Something that a person should look at, though the run goes on.
  func warned(_ warning: String)
  func runStarted(_ record: RunRecord) throws
  func stepFinished(_ record: StepRecord) throws
  func validated(_ record: ValidationRecord) throws
  func checkpointSaved(_ record: CheckpointRecord) throws
  /// The run ends before its last step, and can be resumed.
  func stopped(_ reason: StopReason, step: Int)
  /// A classifier has been tested.
  func concluded(_ result: TargetResult)
  func runFinished() throws
}

extension TrainingObserver {
  public func preparing(_ activity: String) {}
  public func warned(_ warning: String) {}
  public func stopped(_ reason: StopReason, step: Int) {}
  public func concluded(_ result: TargetResult) {}
}

/// What a run is about to do.
public struct RunRecord: Sendable {
  public let configuration: Configuration
  /// Updates from the beginning to the end of the run.
  public let steps: Int
  public let trainingStudies: Int
  public let validationStudies: Int
  /// Numbers in all parameters together.
  public let parameters: Int
  public let ranks: Int
  /// Threads of a rank.
  public let threads: Int
  /// What decides the bits besides configuration and data.
  public let build: BuildRecord?
  /// What memory of a rank goes where.
  public let memory: MemoryPlan?
  /// The step after which an earlier run goes on; nil for a run that begins.
  public let resumedAfter: Int?

  public init(
    configuration: Configuration, steps: Int, trainingStudies: Int, validationStudies: Int,
    parameters: Int, ranks: Int, threads: Int, build: BuildRecord? = nil,
    memory: MemoryPlan? = nil, resumedAfter: Int? = nil
  ) {
    self.configuration = configuration
    self.steps = steps
    self.trainingStudies = trainingStudies
    self.validationStudies = validationStudies
    self.parameters = parameters
    self.ranks = ranks
    self.threads = threads
    self.build = build
    self.memory = memory
    self.resumedAfter = resumedAfter
  }
}

/// One update.
public struct StepRecord: Sendable {
  /// The number of this update, from 1.
  public var step: Int
  /// The epoch its studies belong to, from 0.
  public var epoch: Int
  /// Over the whole batch, before the update.
  public var losses: Losses
  public var learningRate: Configuration.Optimizer.LearningRate
  /// The global norm before clipping.
  public var gradientNorm: Double
  /// Studies of the batch.
  public var studies: Int
  public var time: StepTime

  public init(
    step: Int, epoch: Int, losses: Losses,
    learningRate: Configuration.Optimizer.LearningRate, gradientNorm: Double, studies: Int,
    time: StepTime
  ) {
    self.step = step
    self.epoch = epoch
    self.losses = losses
    self.learningRate = learningRate
    self.gradientNorm = gradientNorm
    self.studies = studies
    self.time = time
  }

  /// The rates of the groups that are trained, by name.
  var learningRates: [(group: String, rate: Double)] {
    let groups: [ParameterGroup] =
      losses.contrast == nil
      ? [.radiograph, .head] : [.radiograph, .fusion, .textEncoder, .decoder]
    return groups.map { ($0.rawValue, learningRate.value(of: $0)) }
  }

  /// What the batch is made of, as the log says it.
  var noun: String { losses.contrast == nil ? "images" : "studies" }

  public var studiesPerSecond: Double { time.total > 0 ? Double(studies) / time.total : 0 }
}

/// The seconds of a step, in parts.
public struct StepTime: Sendable, Equatable {
  /// Waiting for studies.
  public var data: Double
  /// Forward, backward and update.
  public var compute: Double
  /// Talk with other ranks and nothing else to do.
  public var exchange: Double
  /// Talk with other ranks while computing; part of `compute`.
  public var overlapped: Double

  public init(data: Double, compute: Double, exchange: Double, overlapped: Double = 0) {
    self.data = data
    self.compute = compute
    self.exchange = exchange
    self.overlapped = overlapped
  }

  public var total: Double { data + compute + exchange }
}

/// One validation.
public struct ValidationRecord: Sendable {
  /// Updates made before it.
  public var step: Int
  public var epoch: Int
  public var losses: Losses
  /// What is told of it besides the losses.
  public var measures: [Measure]
  public var studies: Int
  /// Whether none was better so far.
  public var isBest: Bool
  public var seconds: Double

  public init(
    step: Int, epoch: Int, losses: Losses, measures: [Measure], studies: Int, isBest: Bool,
    seconds: Double
  ) {
    self.step = step
    self.epoch = epoch
    self.losses = losses
    self.measures = measures
    self.studies = studies
    self.isBest = isBest
    self.seconds = seconds
  }
}

/// A checkpoint that lies on the disk.
public struct CheckpointRecord: Sendable {
  /// Updates made before it.
  public var step: Int
  public var path: String
  /// What saving it took.
  public var seconds: Double

  public init(step: Int, path: String, seconds: Double = 0) {
    self.step = step
    self.path = path
    self.seconds = seconds
  }
}
