import CMPI
import Diagnostics

extension Communicator {
  /// Returns once every rank has come here.
  public func barrier() throws {
    try meet(in: .barrier)
  }

  /// Gives every rank what the root's buffer holds.
  ///
  /// - Throws: `communication` if the ranks disagree in count, type or root, or MPI fails.
  public func broadcast<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, root: Int = 0
  ) throws {
    try require(root: root)
    try agree(.broadcast, Element.kind, detail: Int64(root), count: buffer.count)
    try forEachPiece(of: buffer) { piece, count in
      try complete("MPI_Ibcast") {
        MPI_Ibcast(
          piece, count, Element.kind.datatype.handle, Int32(root), handle.handle,
          &$0.pointee.handle)
      }
    }
  }

  /// Replaces each element by the sum, minimum or maximum of that element over the ranks.
  ///
  /// The order of a sum is MPI's own and may differ with the number of ranks: what must not
  /// depend on it goes through ``TreeExchange``.
  ///
  /// - Throws: `communication` if the ranks disagree in count, type or operation, or MPI fails.
  public func allReduce<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, _ reduction: MPIReduction
  ) throws {
    try agree(.allReduce, Element.kind, detail: reduction.rawValue, count: buffer.count)
    try forEachPiece(of: buffer) { piece, count in
      try complete("MPI_Iallreduce") {
        MPI_Iallreduce(
          cmpi_in_place(), piece, count, Element.kind.datatype.handle,
          reduction.operation.handle, handle.handle, &$0.pointee.handle)
      }
    }
  }

  func require(root: Int) throws {
    guard (0..<size).contains(root) else {
      throw Failure(
        .communication, "Rank \(root) was named as root among \(size) ranks.",
        remedy: "Name a rank from 0 to \(size - 1).")
    }
  }

  private func forEachPiece<Element>(
    of buffer: UnsafeMutableBufferPointer<Element>,
    _ body: (UnsafeMutablePointer<Element>, Int32) throws -> Void
  ) throws {
    guard let start = buffer.baseAddress else { return }
    for offset in stride(from: 0, to: buffer.count, by: pieceLimit) {
      try body(start + offset, Int32(min(pieceLimit, buffer.count - offset)))
    }
  }
}
