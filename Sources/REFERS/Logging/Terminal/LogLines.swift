import Logging

/// Says a line of the first step, of each interval, and of the last step.
public final class LogLines: TrainingObserver {
  private let interval: Int
  private let logger: Logger
  private var steps = 0
  private var pace = Pace()

  public init(every interval: Int, logger: Logger) {
    self.interval = max(interval, 1)
    self.logger = logger
  }

  public func runStarted(_ record: RunRecord) { steps = record.steps }

  public func stepFinished(_ record: StepRecord) {
    pace.add(record)
    guard record.step == 1 || record.step % interval == 0 || record.step == steps else { return }
    let line = StepLine(
      record: record, steps: steps, studiesPerSecond: pace.studiesPerSecond,
      secondsLeft: pace.secondsLeft(steps: steps - record.step))
    logger.info("\(line.text)")
  }

  public func validated(_ record: ValidationRecord) {}
  public func checkpointSaved(_ record: CheckpointRecord) {}
  public func runFinished() {}
}
