/// Where a run is: the step and what is being done, for errors and for whoever watches.
public final class PhaseMonitor {
  /// A part of a run.
  public enum Phase: String, Sendable, CaseIterable {
    case preparing = "preparing the run"
    case loading = "loading studies"
    case forward = "computing forward"
    case contrast = "comparing studies and reports"
    case backward = "computing backward"
    case exchange = "exchanging gradients"
    case update = "updating the weights"
    case validation = "validating"
    case saving = "saving"
  }

  public private(set) var phase = Phase.preparing
  /// The step under way, from 1; 0 before the first.
  public private(set) var step = 0
  /// The model of the run, once there is one.
  public internal(set) var model: (any TrainedModel)?
  private let entering: (PhaseMonitor) throws -> Void

  /// - Parameter entering: called at the beginning of each phase; what it throws ends the run.
  public init(entering: @escaping (PhaseMonitor) throws -> Void = { _ in }) {
    self.entering = entering
  }

  func enter(_ phase: Phase, step: Int? = nil) throws {
    self.phase = phase
    self.step = step ?? self.step
    try entering(self)
  }

  /// The place as an error names it.
  var place: String { step == 0 ? phase.rawValue : "step \(step), \(phase.rawValue)" }
}
