import CMPI
import Diagnostics

extension Communicator {
  /// The sum over the ranks by MPI's own blocking call, piece by piece, in an order of its own and
  /// without any check: what the tree sum is measured against.
  ///
  /// - Parameter pieceElements: the elements of one call.
  public func plainAllReduce(
    _ buffer: UnsafeMutableBufferPointer<Float>, pieceElements: Int
  ) throws {
    guard let start = buffer.baseAddress else { return }
    let size = max(1, min(pieceElements, pieceLimit))
    for offset in stride(from: 0, to: buffer.count, by: size) {
      try check(
        MPI_Allreduce(
          cmpi_in_place(), start + offset, Int32(min(size, buffer.count - offset)),
          Float.kind.datatype.handle, MPIReduction.sum.operation.handle, handle.handle),
        "MPI_Allreduce")
    }
  }

  /// The buffers of all ranks by MPI's own blocking call, as many elements of each, without any
  /// check: what ``allGather(_:counts:into:)`` is measured against.
  ///
  /// - Parameter all: `size` times as many elements as `own`.
  /// - Throws: `communication` where it is not, or MPI fails.
  public func plainAllGather(
    _ own: UnsafeBufferPointer<Float>, into all: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let count = Int32(exactly: own.count), all.count == size * own.count else {
      throw Failure(
        .communication, "\(own.count) elements of each rank do not make \(all.count) of all.",
        remedy: "Give a buffer of \(size) times as many elements, less than 2^31 of a rank.")
    }
    try check(
      MPI_Allgather(
        own.baseAddress, count, Float.kind.datatype.handle, all.baseAddress, count,
        Float.kind.datatype.handle, handle.handle), "MPI_Allgather")
  }
}
