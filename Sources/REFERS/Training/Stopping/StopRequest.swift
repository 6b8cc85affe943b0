/// Looks, between two steps, for a reason to save and end.
///
/// What a rank finds counts for all: the ranks exchange ``StopReason/code`` with every step and end
/// at the same one.
public struct StopRequest {
  private let limit: TimeLimit?
  private let signal: () -> Int32?
  private var longest = 0.0

  /// - Parameters:
  ///   - limit: given on rank 0 alone, whose clock decides.
  ///   - signal: the signal that has come; that of ``StopSignals`` by default.
  public init(limit: TimeLimit?, signal: @escaping () -> Int32? = { StopSignals.number }) {
    self.limit = limit
    self.signal = signal
  }

  /// The reason to end now; nil to go on.
  ///
  /// - Parameters:
  ///   - stepSeconds: what the last step took, with the validation or the saving beside it.
  ///   - saveSeconds: what saving takes, measured or estimated.
  public mutating func check(
    stepSeconds: Double, saveSeconds: Double, now: ContinuousClock.Instant = .now
  ) -> StopReason? {
    // The longest of the last steps; one of long ago counts for less.
    longest = max(stepSeconds, longest * 0.98)
    if let number = signal() { return .signal(number) }
    let isNear =
      limit?.isNear(now: now, stepSeconds: longest, saveSeconds: saveSeconds) ?? false
    return isNear ? .timeLimit : nil
  }
}
