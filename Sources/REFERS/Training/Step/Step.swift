/// One step of a run, the same on every rank.
public struct Step: Sendable {
  /// The number of the update, from 1.
  public var number: Int
  /// The studies of all ranks, as indices in their source, in order.
  public var studies: [Int]
  /// Whether the ranks compare their parameters before the step.
  public var comparesParameters: Bool

  public init(number: Int, studies: [Int], comparesParameters: Bool = false) {
    self.number = number
    self.studies = studies
    self.comparesParameters = comparesParameters
  }
}

/// What a step leaves besides the gradient.
public struct StepOutcome: Sendable {
  public let losses: Losses
  /// Why the run shall stop, if any rank wants it to: the same on all.
  public let stop: StopReason?
}
