import Distributed

extension Configuration {
  /// The bytes of a message of gradients: as configured, or as the link asks for.
  ///
  /// - Communication: what ``LinkProbe/measure(_:)`` takes, unless configured.
  func messageBytes(over communicator: Communicator) throws -> Int {
    if exchange.piece > 0 { return Int(exchange.piece * Double(1 << 20)) }
    return try LinkProbe.measure(communicator)?.messageBytes ?? 1 << 20
  }
}
