import Diagnostics

/// The link between ranks as a few messages find it: the slowest of those that a tree sum uses.
///
/// What it decides is how a sum is cut into messages, never a bit of the sum.
public struct LinkProbe: Equatable, Sendable {
  /// Seconds for a small message to arrive.
  public let latency: Double
  /// Bytes a second one way.
  public let bandwidth: Double

  public init(latency: Double, bandwidth: Double) {
    self.latency = latency
    self.bandwidth = bandwidth
  }

  /// The bytes of a message: so many that its latency is a tenth of its time at most; a power of
  /// two from 512 KiB, below which on one host the calls cost more than they hide, to 16 MiB.
  public var messageBytes: Int {
    let wanted = 10 * latency * bandwidth
    var bytes = 1 << 19
    while bytes < 1 << 24, Double(bytes) < wanted { bytes *= 2 }
    return bytes
  }

  /// Measures between each rank and those at distance 1, 2, 4 and so on, all pairs at once.
  ///
  /// - Returns: the same on every rank; nil where there is one alone.
  /// - Communication: for each distance 9 small messages and back, and 24 MiB: 20 ms on one host.
  public static func measure(_ communicator: Communicator) throws -> LinkProbe? {
    guard communicator.size > 1 else { return nil }
    var worst = LinkProbe(latency: 0, bandwidth: .infinity)
    var distance = 1
    while distance < communicator.size {
      let peer = communicator.rank ^ distance
      try communicator.barrier()
      if peer < communicator.size {
        let latency = try oneWay(communicator, peer: peer, bytes: 8, turns: 8)
        // The latency stays in: without it, noise could make any link fast.
        let bytes = 4 << 20
        let seconds = try oneWay(communicator, peer: peer, bytes: bytes, turns: 2)
        worst = LinkProbe(
          latency: max(worst.latency, latency),
          bandwidth: min(worst.bandwidth, Double(bytes) / max(seconds, 1e-6)))
      }
      distance *= 2
    }
    return LinkProbe(
      latency: try communicator.allReduce(worst.latency, .maximum),
      bandwidth: try communicator.allReduce(worst.bandwidth, .minimum))
  }

  /// Half the least time for a message to go and to come back, as either end sees it; the first
  /// turn, which makes the connection, does not count.
  private static func oneWay(
    _ communicator: Communicator, peer: Int, bytes: Int, turns: Int
  ) throws -> Double {
    let exchange = Exchange(communicator, tag: .probe)
    let call = "the measuring of the link"
    let sent = [UInt8](repeating: 0, count: bytes)
    var received = sent
    var least = Double.infinity
    for turn in 0...turns {
      let start = now()
      try sent.withUnsafeBufferPointer { sent in
        try received.withUnsafeMutableBufferPointer { received in
          try exchange.receive(received, from: peer)
          if communicator.rank > peer { try exchange.wait(in: call) }
          try exchange.send(sent, to: peer)
          try exchange.wait(in: call)
        }
      }
      if turn > 0 { least = min(least, (now() - start) / 2) }
    }
    return least
  }
}
