import CMPI
import Diagnostics

/// Messages between pairs of ranks that are under way together; one may be used again and again.
///
/// Messages of one tag between two ranks arrive in the order in which they were sent, so a receiver
/// needs no more than to ask in that order. The buffers must stay until ``wait()`` has returned.
final class Exchange {
  enum Tag: Int32 {
    case allGather = 1
    case gather, scatterParts, gatherSums
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

  func send<Element: MPIElement>(_ buffer: UnsafeBufferPointer<Element>, to peer: Int) throws {
    guard let start = buffer.baseAddress else { return }
    try forEachPiece(buffer.count) { offset, count in
      var message = Message(
        request: cmpi_no_request(), peer: peer, expected: nil, datatype: Element.kind.datatype)
      try check(
        MPI_Isend(
          start + offset, count, message.datatype.handle, Int32(peer), tag.rawValue,
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
          start + offset, count, message.datatype.handle, Int32(peer), tag.rawValue,
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

  /// Returns once every message has left or arrived.
  ///
  /// - Throws: `communication`; messages may then still be under way, and the run must end.
  func wait() throws {
    for index in messages.indices {
      var status = MPI_Status()
      try check(MPI_Wait(&messages[index].request.handle, &status), "MPI_Wait")
      guard let expected = messages[index].expected else { continue }
      var count: Int32 = 0
      try check(
        MPI_Get_count(&status, messages[index].datatype.handle, &count), "MPI_Get_count")
      guard count == expected else {
        throw Failure(
          .communication,
          "Rank \(communicator.rank) of \(communicator.size) received \(count) elements from rank "
            + "\(messages[index].peer), not \(expected).",
          remedy: "Give every rank the same program, configuration and data.")
      }
    }
    messages.removeAll(keepingCapacity: true)
  }

  private func forEachPiece(_ total: Int, _ body: (Int, Int32) throws -> Void) rethrows {
    for offset in stride(from: 0, to: total, by: communicator.pieceLimit) {
      try body(offset, Int32(min(communicator.pieceLimit, total - offset)))
    }
  }
}
