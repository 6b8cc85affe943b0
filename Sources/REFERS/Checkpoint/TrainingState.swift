/// Where a run stands, besides its tensors.
public struct TrainingProgress: Codable, Equatable, Sendable {
  /// Steps made.
  public var step = 0
  /// The epoch of the last of them.
  public var epoch = 0
  /// The loss of the best validation so far, and the step at which it was found.
  public var bestLoss: Double?
  public var bestStep: Int?
  /// How good it was, where something else than the loss decides.
  public var bestScore: Double?
  /// Validations since then.
  public var validationsSinceBest = 0
  /// Whether a validation waits for fast and slow weights to agree.
  public var validationIsDue = false
  /// The losses of a validation at this very step.
  public var validation: Losses?

  public init() {}
}

/// The programs a checkpoint was written by.
public struct VersionRecord: Codable, Equatable, Sendable {
  /// The commit of this program.
  public let program: String
  public let mpi: String

  public init(program: String, mpi: String) {
    self.program = program
    self.mpi = mpi
  }
}

/// What state.json holds: all that a run needs to go on, besides its tensors.
///
/// The members of ``progress`` stand beside the others, not in a group of their own; what is nil
/// is left out.
public struct TrainingState: Equatable, Sendable {
  public var progress: TrainingProgress
  public var seed: Int
  public var optimizer: OptimizerCounters
  /// Whether the model's tensors are Lookahead's fast and slow weights alike.
  public var weightsAgree: Bool
  public var configuration: Configuration
  public var versions: VersionRecord
  public var build: BuildRecord
  /// See ``StudyCollection/digest()``.
  public var dataDigest: String
  /// What a classifier answers; nil for a model of reports.
  public var labels: LabelNames?

  public var step: Int { progress.step }

  public init(
    progress: TrainingProgress, optimizer: OptimizerCounters, configuration: Configuration,
    versions: VersionRecord, build: BuildRecord, dataDigest: String, labels: LabelNames? = nil
  ) {
    self.progress = progress
    // JSON has no name for others.
    if let losses = progress.validation, !losses.areFinite { self.progress.validation = nil }
    self.optimizer = optimizer
    self.configuration = configuration
    self.versions = versions
    self.build = build
    self.dataDigest = dataDigest
    self.labels = labels
    seed = configuration.seed
    weightsAgree = optimizer.age == 0
  }
}

extension TrainingState: Codable {
  private enum CodingKeys: String, CodingKey {
    case seed, optimizer, weightsAgree, configuration, versions, build, dataDigest, labels
  }

  public init(from decoder: any Decoder) throws {
    progress = try TrainingProgress(from: decoder)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    seed = try members.decode(Int.self, forKey: .seed)
    optimizer = try members.decode(OptimizerCounters.self, forKey: .optimizer)
    weightsAgree = try members.decode(Bool.self, forKey: .weightsAgree)
    configuration = try members.decode(Configuration.self, forKey: .configuration)
    versions = try members.decode(VersionRecord.self, forKey: .versions)
    build = try members.decode(BuildRecord.self, forKey: .build)
    dataDigest = try members.decode(String.self, forKey: .dataDigest)
    labels = try members.decodeIfPresent(LabelNames.self, forKey: .labels)
  }

  public func encode(to encoder: any Encoder) throws {
    try progress.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(seed, forKey: .seed)
    try members.encode(optimizer, forKey: .optimizer)
    try members.encode(weightsAgree, forKey: .weightsAgree)
    try members.encode(configuration, forKey: .configuration)
    try members.encode(versions, forKey: .versions)
    try members.encode(build, forKey: .build)
    try members.encode(dataDigest, forKey: .dataDigest)
    try members.encodeIfPresent(labels, forKey: .labels)
  }
}
