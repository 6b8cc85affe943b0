import Distributed

extension Configuration {
  /// The threads of this rank, and what is wrong with its binding.
  ///
  /// - Communication: two gathers, of a few words.
  func coreShare(over communicator: Communicator) throws -> CoreShare {
    CoreShare(
      own: Affinity.cores, ranks: try communicator.coresOnHost(), hostCores: Affinity.coresOfHost,
      configured: threads)
  }

  /// The bytes of a message of gradients: as configured, or as the link asks for.
  ///
  /// - Communication: what ``LinkProbe/measure(_:)`` takes, unless configured.
  func messageBytes(over communicator: Communicator) throws -> Int {
    if exchange.piece > 0 { return Int(exchange.piece * Double(1 << 20)) }
    return try LinkProbe.measure(communicator)?.messageBytes ?? 1 << 20
  }
}
