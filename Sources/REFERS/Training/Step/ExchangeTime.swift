/// Seconds of a step in talk with other ranks.
public struct ExchangeTime: Sendable, Equatable {
  /// With nothing else to do.
  public var exposed = 0.0
  /// While the rank computed.
  public var overlapped = 0.0

  public init() {}
}

extension Duration {
  /// The duration as a number.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
