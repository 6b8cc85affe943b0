import Logging

/// All that a run reports of itself, behind one observer.
///
/// Into the directory `output` of the configuration, which its owner alone may read: the resolved
/// configuration (configuration.yaml), metrics.jsonl, and TensorBoard event files. Onto standard
/// error: a progress bar on a terminal, else one line an interval, and what happens besides.
public final class RunLog: TrainingObserver {
  private let logger: Logger
  private let progress: any TrainingObserver
  private var metrics: MetricsWriter?
  private var tensorBoard: TensorBoardWriter?
  private var interval = 1
  private var steps = 0

  /// - Parameter console: Where progress is shown; standard error unless tests bring their own.
  public convenience init(configuration: Configuration, console: Console = .standardError) {
    let logger = Logger(label: "refers-mpi") { _ in ConsoleLogHandler(console: console) }
    let progress: any TrainingObserver =
      console.isTerminal
      ? ProgressBar(console: console)
      : LogLines(every: configuration.logging.everySteps, logger: logger)
    self.init(logger: logger, progress: progress)
  }

  public init(logger: Logger, progress: any TrainingObserver) {
    self.logger = logger
    self.progress = progress
  }

  public func preparing(_ activity: String) {
    logger.info("\(activity)")
  }

  public func warned(_ warning: String) {
    logger.warning("\(warning)")
  }

  public func runStarted(_ record: RunRecord) throws {
    let configuration = record.configuration
    let directory = configuration.output
    try Folder.create(directory)
    try PrivateFile.write(
      Array(try configuration.yaml().utf8), to: "\(directory)/configuration.yaml")
    // A run that starts at step 0 once more also validates there once more.
    let kept = record.resumedAfter == 0 ? nil : record.resumedAfter
    metrics = try MetricsWriter(
      path: "\(directory)/metrics.jsonl", keepingThrough: kept)
    if configuration.logging.tensorboard {
      tensorBoard = try TensorBoardWriter(
        directory: directory, restartingAt: record.resumedAfter.map { kept == nil ? 0 : $0 + 1 })
    }
    interval = configuration.logging.everySteps
    let noun = configuration.objective == .reports ? "studies" : "images"
    steps = record.steps
    logger.info(
      """
      \(Amounts.count(record.parameters)) parameters, \
      \(Amounts.count(record.trainingStudies)) training \(noun), \
      \(Amounts.count(record.validationStudies)) validation \(noun)
      """)
    logger.info(
      """
      \(Amounts.count(record.steps)) steps of \(configuration.training.batch) \(noun) \
      on \(Self.counted(record.ranks, "rank")) with \(Self.counted(record.threads, "thread")) \
      each, into \(directory)
      """)
    if let build = record.build {
      logger.info("\(build.blasLibrary), kernel \(build.blasKernel), built for \(build.simd)")
    }
    for line in record.memory?.table ?? [] { logger.info("\(line)") }
    try progress.runStarted(record)
  }

  public func stepFinished(_ record: StepRecord) throws {
    try metrics?.write(record)
    if record.step == 1 || record.step % interval == 0 || record.step == steps {
      try tensorBoard?.write(record)
    }
    try progress.stepFinished(record)
  }

  public func validated(_ record: ValidationRecord) throws {
    try metrics?.write(record)
    try tensorBoard?.write(record)
    let noun = record.losses.contrast == nil ? "images" : "studies"
    let figures =
      record.losses.named.map { "\($0.name) \(Amounts.short($0.value))" }
      + record.measures.map(\.text).filter { !$0.isEmpty }
    logger.info(
      """
      validation after step \(record.step): \(figures.joined(separator: "  "))  \
      (\(Amounts.count(record.studies)) \(noun) in \(Amounts.duration(record.seconds)))\
      \(record.isBest ? "  best so far" : "")
      """)
    try progress.validated(record)
  }

  public func checkpointSaved(_ record: CheckpointRecord) throws {
    try metrics?.synchronize()
    logger.info(
      "checkpoint of step \(record.step): \(record.path) (\(Amounts.duration(record.seconds)))")
    try progress.checkpointSaved(record)
  }

  public func stopped(_ reason: StopReason, step: Int) {
    logger.info("stopped after step \(step): \(reason); --resume goes on from there")
  }

  public func concluded(_ result: TargetResult) {
    func area(_ value: Double?) -> String { value.map(LabelValidation.rounded) ?? "none" }
    logger.info(
      """
      weights of step \(result.bestStep): AUC \(area(result.testAUC)) on \
      \(Amounts.count(result.testImages)) test images, \(area(result.validationAUC)) on \
      \(Amounts.count(result.validationImages)) of validation
      """)
    guard result.classes.count > 1 else { return }
    let width = result.classes.map(\.count).max() ?? 0
    for name in result.classes {
      let padded = name + String(repeating: " ", count: width - name.count)
      logger.info("  \(padded)  \(area(result.classAUC[name] ?? nil))")
    }
  }

  public func runFinished() throws {
    try progress.runFinished()
  }

  private static func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
