import CMPI
import Diagnostics

/// Messages between pairs of ranks that are under way together; one may be used again and again.
///
/// Messages of one tag between two ranks arrive in the order in which they were sent, so a receiver
/// needs no more than to ask in that order. The buffers must stay until ``test()`` has said that
/// all are through or ``wait(in:)`` has returned.
final class Exchange {
  struct Tag {
    let number: Int32

    static let agreement = Tag(number: 1)
    static let allGather = Tag(number: 2)
    static let gather = Tag(number: 3)
    static let probe = Tag(number: 4)
    static let waiting = Tag(number: 5)
    /// One for each lane of a tree exchange.
    static func lane(_ index: Int) -> Tag { Tag(number: 16 + Int32(index)) }
  }

  private struct Message {
    var request: CMPIRequest
    let peer: Int
    /// The number of elements to come; nil for a message that is sent.
    let expected: Int32?
    let datatype: CMPIDatatype
  }

  private let communicator: Communicator
  private let tag: Tag
  private var messages: [Message] = []

  init(_ communicator: Communicator, tag: Tag) {
    self.communicator = communicator
    self.tag = tag
  }

  /// The number of messages under way.
  var count: Int { messages.count }

  /// The ranks that messages under way come from or go to.
  var peers: [Int] { messages.map(\.peer) }

  func send<Element: MPIElement>(_ buffer: UnsafeBufferPointer<Element>, to peer: Int) throws {
    guard let start = buffer.baseAddress else { return }
    try forEachPiece(buffer.count) { offset, count in
      var message = Message(
        request: cmpi_no_request(), peer: peer, expected: nil, datatype: Element.kind.datatype)
      try check(
        MPI_Isend(
          start + offset, count, message.datatype.handle, Int32(peer), tag.number,
          communicator.handle.handle, &message.request.handle), "MPI_Isend")
      messages.append(message)
    }
  }

  func receive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from peer: Int
  ) throws {
    guard let start = buffer.baseAddress else { return }
    try forEachPiece(buffer.count) { offset, count in
      var message = Message(
        request: cmpi_no_request(), peer: peer, expected: count, datatype: Element.kind.datatype)
      try check(
        MPI_Irecv(
          start + offset, count, message.datatype.handle, Int32(peer), tag.number,
          communicator.handle.handle, &message.request.handle), "MPI_Irecv")
      messages.append(message)
    }
  }

  /// Receives the part of every other rank into its place among the parts of all.
  func receive<Element: MPIElement>(
    into all: UnsafeMutableBufferPointer<Element>, counts: [Int]
  ) throws {
    var start = 0
    for peer in 0..<communicator.size {
      let part = UnsafeMutableBufferPointer(rebasing: all[start..<start + counts[peer]])
      if peer != communicator.rank { try receive(part, from: peer) }
      start += counts[peer]
    }
  }

  /// Whether every message has left or arrived by now.
  ///
  /// - Throws: `communication`; messages may then still be under way, and the run must end.
  func test() throws -> Bool {
    var kept = 0
    for index in messages.indices {
      if try isThrough(&messages[index]) { continue }
      messages.swapAt(kept, index)
      kept += 1
    }
    messages.removeLast(messages.count - kept)
    return kept == 0
  }

  /// Returns once every message has left or arrived.
  ///
  /// - Throws: `communication`, also if nothing moves for the communicator's timeout; messages may
  ///   then still be under way, and the run must end.
  func wait(in call: String) throws {
    var patience = Patience(communicator, call: call)
    var left = count
    while try !test() {
      if count < left {
        left = count
        patience.renew()
      } else {
        try patience.pause(for: peers)
      }
    }
  }

  private func isThrough(_ message: inout Message) throws -> Bool {
    var flag: Int32 = 0
    var status = MPI_Status()
    try check(MPI_Test(&message.request.handle, &flag, &status), "MPI_Test")
    guard flag != 0 else { return false }
    guard let expected = message.expected else { return true }
    var count: Int32 = 0
    try check(MPI_Get_count(&status, message.datatype.handle, &count), "MPI_Get_count")
    guard count == expected else {
      throw Failure(
        .communication,
        "Rank \(communicator.rank) of \(communicator.size) received \(count) elements from rank "
          + "\(message.peer), not \(expected).",
        remedy: "Give every rank the same program, configuration and data.")
    }
    return true
  }

  private func forEachPiece(_ total: Int, _ body: (Int, Int32) throws -> Void) rethrows {
    for offset in stride(from: 0, to: total, by: communicator.pieceLimit) {
      try body(offset, Int32(min(communicator.pieceLimit, total - offset)))
    }
  }
}
