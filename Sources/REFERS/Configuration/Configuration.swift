/// Everything a run of pre-training depends on, apart from the data themselves.
///
/// The initial values are those of the preset ``Preset/base`` in the mode ``Mode/default``: the
/// method at the size of the paper (REFERS sec. 1-7). Every value has a path in YAML, its
/// property names in snake case joined by points: `model.radiograph.width`. The paths, with
/// the values each may take, are listed once in ``ConfigurationField/all``.
public struct Configuration: Codable, Equatable, Sendable {
  /// The sizes of the model and what goes with them.
  public var preset = Preset.base
  /// Where paper and public code differ, which of them is followed.
  public var mode = Mode.default
  public var objective = Objective.reports
  /// The seed of every random number.
  public var seed = 1
  /// The directory a run writes to.
  public var output = "runs/pretrain"
  /// The logical shards a step is cut into; a power of two, never derived from the machine.
  public var shards = 8
  /// The threads of a rank; 0 takes the cores given to it.
  public var threads = 0

  public var data = StudyData()
  public var target = Target()
  public var text = Text()
  public var image = Image()
  public var augmentation = Augmentation()
  public var views = Views()
  public var model = Model()
  public var loss = Loss()
  public var optimizer = Optimizer()
  public var training = Training()
  public var validation = Validation()
  public var compute = Computing()
  public var checkpoint = Checkpoint()
  public var memory = Memory()
  public var exchange = Exchange()
  public var checks = Checks()
  public var logging = Logging()

  public init() {}
}

extension Configuration {
  /// The length of a run.
  public struct Training: Codable, Equatable, Sendable {
    /// Studies in a step, over all ranks.
    public var batch = 32
    /// Updates from the beginning to the end of the run.
    public var steps = 300_000
  }

  /// How often the model is validated.
  public struct Validation: Codable, Equatable, Sendable {
    /// Epochs from one validation to the next; the end of the run is always validated.
    public var everyEpochs = 1
    /// The fewest steps from one to the next; short epochs are counted together.
    public var minimumSteps = 0
  }

  /// What a run reports of itself.
  public struct Logging: Codable, Equatable, Sendable {
    /// Steps from one reported line to the next.
    public var everySteps = 10
    /// Whether TensorBoard event files are written.
    public var tensorboard = true
  }
}
