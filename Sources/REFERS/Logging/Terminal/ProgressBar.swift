import Foundation

/// Shows each step in one line of a terminal that is redrawn in place.
public final class ProgressBar: TrainingObserver {
  private let console: Console
  private let now: () -> Double
  private var steps = 0
  private var pace = Pace()
  private var lastDrawn = -Double.infinity

  /// No more than ten times a second.
  private static let interval = 0.1

  /// - Parameter now: Seconds from any point in time; tests bring their own.
  public init(
    console: Console = .standardError, now: @escaping () -> Double = ProgressBar.clock
  ) {
    self.console = console
    self.now = now
  }

  public func runStarted(_ record: RunRecord) { steps = record.steps }

  public func stepFinished(_ record: StepRecord) {
    pace.add(record)
    let time = now()
    guard time - lastDrawn >= Self.interval || record.step == steps else { return }
    lastDrawn = time
    let line = StepLine(
      record: record, steps: steps, studiesPerSecond: pace.studiesPerSecond,
      secondsLeft: pace.secondsLeft(steps: steps - record.step))
    console.redraw { line.bar(columns: $0) }
  }

  public func validated(_ record: ValidationRecord) {}
  public func checkpointSaved(_ record: CheckpointRecord) {}
  public func runFinished() { console.clear() }

  /// Seconds since the system started.
  public static func clock() -> Double { ProcessInfo.processInfo.systemUptime }
}
