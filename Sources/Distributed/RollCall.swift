import CMPI
import Foundation

/// Who waits: a rank in a long wait says so to all others again and again, so that a wait that is
/// given up can name the rank that keeps all waiting, not one that waits for it in turn.
final class RollCall: @unchecked Sendable {
  /// Waits may be on two threads.
  private let lock = NSLock()
  private var heard: [Int: Double] = [:]
  private var sent: Exchange?

  /// Seconds from one word to the next.
  static func period(of communicator: Communicator) -> Double {
    min(60, communicator.timeout / 8)
  }

  /// Tells every other rank that this one waits.
  ///
  /// - Communication: one message of a byte to each rank.
  func tell(on communicator: Communicator) throws {
    try lock.withLock {
      try receive(on: communicator)
      let exchange = sent ?? Exchange(communicator, tag: .waiting)
      sent = exchange
      // Those of a rank that has gone pile up to a few.
      guard try exchange.test() || exchange.count < 4 * communicator.size else { return }
      try Self.word.withUnsafeBufferPointer { word in
        for peer in 0..<communicator.size where peer != communicator.rank {
          try exchange.send(word, to: peer)
        }
      }
    }
  }

  /// The ranks that have lately said that they wait.
  func waiting(on communicator: Communicator) throws -> Set<Int> {
    try lock.withLock {
      try receive(on: communicator)
      let limit = now() - 2.5 * Self.period(of: communicator)
      return Set(heard.filter { $0.value > limit }.keys)
    }
  }

  /// Takes the words that have come and that nobody has asked for.
  func listen(on communicator: Communicator) throws {
    try lock.withLock {
      try receive(on: communicator)
      sent = nil
    }
  }

  private func receive(on communicator: Communicator) throws {
    let tag = Exchange.Tag.waiting.number
    while true {
      var flag: Int32 = 0
      var status = MPI_Status()
      let handle = communicator.handle.handle
      try check(MPI_Iprobe(cmpi_any_source(), tag, handle, &flag, &status), "MPI_Iprobe")
      guard flag != 0 else { return }
      var word: UInt8 = 0
      try check(
        MPI_Recv(
          &word, 1, UInt8.kind.datatype.handle, status.MPI_SOURCE, tag, handle, &status),
        "MPI_Recv")
      heard[Int(status.MPI_SOURCE)] = now()
    }
  }

  /// Stays while messages are under way.
  private static let word: ContiguousArray<UInt8> = [1]
}
