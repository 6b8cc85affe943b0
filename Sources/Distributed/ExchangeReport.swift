/// What a round of a ``TreeExchange`` cost.
public struct ExchangeReport: Equatable, Sendable {
  /// Bytes that this rank sent.
  public var bytesSent = 0
  /// Pieces that the submitted ranges were cut into.
  public var pieces = 0
  /// Seconds in which pieces were on their way or being added.
  public var busySeconds = 0.0
  /// Seconds of these that passed while the caller went on computing.
  public var overlappedSeconds = 0.0
  /// Seconds that the caller waited for the sums.
  public var exposedSeconds = 0.0

  public init() {}
}
