import Determinism
import Diagnostics

extension Communicator {
  /// Gives every rank the buffers of all ranks, one after the other in the order of ranks.
  ///
  /// - Parameters:
  ///   - own: this rank's elements; may be its own place in `all`.
  ///   - counts: the number of elements of each rank, equal on all ranks; any may be 0.
  ///   - all: as many elements as the counts add up to.
  /// - Throws: `communication` if counts and buffers do not fit, the ranks disagree, or MPI fails.
  /// - Communication: each rank sends its elements to every other, in one round.
  public func allGather<Element: MPIElement>(
    _ own: UnsafeBufferPointer<Element>, counts: [Int],
    into all: UnsafeMutableBufferPointer<Element>
  ) throws {
    let total = try require(counts, own: own.count)
    try require(all.count, toHold: total)
    try agree(.allGather, Element.kind, detail: digest(counts), count: total)
    let exchange = Exchange(self, tag: .allGather)
    try exchange.receive(into: all, counts: counts)
    for peer in 0..<size where peer != rank { try exchange.send(own, to: peer) }
    place(own, counts: counts, in: all)
    try exchange.wait(in: "allGather")
  }

  /// Gives the root the buffers of all ranks, one after the other in the order of ranks.
  ///
  /// - Parameters:
  ///   - own: this rank's elements; on the root it may be its own place in `all`.
  ///   - counts: the number of elements of each rank, equal on all ranks; any may be 0.
  ///   - all: on the root as many elements as the counts add up to; not looked at elsewhere.
  /// - Throws: `communication` if counts and buffers do not fit, the ranks disagree, or MPI fails.
  public func gather<Element: MPIElement>(
    _ own: UnsafeBufferPointer<Element>, counts: [Int],
    into all: UnsafeMutableBufferPointer<Element>?, root: Int = 0
  ) throws {
    try require(root: root)
    let total = try require(counts, own: own.count)
    let exchange = Exchange(self, tag: .gather)
    let detail = digest(counts + [root])
    if rank == root {
      let all = all ?? UnsafeMutableBufferPointer(start: nil, count: 0)
      try require(all.count, toHold: total)
      try agree(.gather, Element.kind, detail: detail, count: total)
      try exchange.receive(into: all, counts: counts)
      place(own, counts: counts, in: all)
    } else {
      try agree(.gather, Element.kind, detail: detail, count: total)
      try exchange.send(own, to: root)
    }
    try exchange.wait(in: "gather")
  }

  private func place<Element>(
    _ own: UnsafeBufferPointer<Element>, counts: [Int],
    in all: UnsafeMutableBufferPointer<Element>
  ) {
    guard let source = own.baseAddress, let start = all.baseAddress, !own.isEmpty else { return }
    let target = start + counts[..<rank].reduce(0, +)
    if UnsafePointer(target) != source { target.update(from: source, count: own.count) }
  }

  /// The sum of the counts, once they are found to fit the ranks and this rank's buffer.
  private func require(_ counts: [Int], own: Int) throws -> Int {
    guard counts.count == size, counts.allSatisfy({ $0 >= 0 }) else {
      throw Failure(
        .communication, "\(counts.count) counts were given for \(size) ranks, or one is negative.",
        remedy: "Give one count, 0 or more, for each rank.")
    }
    guard counts[rank] == own else {
      throw Failure(
        .communication,
        "Rank \(rank) of \(size) gives \(own) elements where its count says \(counts[rank]).",
        remedy: "Give each rank a buffer of as many elements as its count.")
    }
    return counts.reduce(0, +)
  }

  private func require(_ capacity: Int, toHold total: Int) throws {
    guard capacity == total else {
      throw Failure(
        .communication,
        "The buffer on rank \(rank) of \(size) holds \(capacity) elements, \(total) will come.",
        remedy: "Give a buffer of as many elements as the counts add up to.")
    }
  }

  private func digest(_ counts: [Int]) -> Int64 {
    let key = counts.reduce(UInt64(0)) { CounterRandom.combine($0, UInt64(bitPattern: Int64($1))) }
    return Int64(bitPattern: key)
  }
}
