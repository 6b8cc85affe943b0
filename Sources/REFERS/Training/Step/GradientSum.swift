import Determinism
import Distributed
import Tensors

/// The sum of an arena of gradients over the ranks along the tree, in the arena's own precision,
/// while the way back is under way.
///
/// In bfloat16 every sum of two is rounded within a rank as between ranks, so that the bits do not
/// depend on where the ranks are; half the bytes travel, and a copy of half the arena's size is
/// held.
///
/// - Communication: see ``TreeExchange``.
final class GradientSum {
  private let arena: GradientArena
  private let way: Way

  private enum Way {
    case whole(TreeExchange<Float>)
    case packed(TreeExchange<BFloat16>, MemoryRegion)
  }

  /// - Parameter message: the most elements of a message.
  /// - Throws: `Failure(.configuration)` where ranks outnumber shards, `Failure(.memory)`.
  init(
    _ communicator: Communicator, tree: SumTree, arena: GradientArena, message: Int
  ) throws {
    self.arena = arena
    if arena.precision == .float32 || communicator.size == 1 {
      way = .whole(try TreeExchange(communicator, tree: tree, pieceElements: message))
    } else {
      way = .packed(
        try TreeExchange(communicator, tree: tree, pieceElements: 2 * message),
        try MemoryRegion(
          byteCount: arena.partials.count * arena.count * MemoryLayout<BFloat16>.stride))
    }
  }

  func begin() throws {
    switch way {
    case .whole(let exchange): try exchange.begin(arena.partials)
    case .packed(let exchange, let region):
      try exchange.begin(arena.partials.indices.map { packed($0, in: region) })
    }
  }

  /// Sums a range whose gradients are complete on this rank; returns at once.
  func submit(_ range: Range<Int>) throws {
    switch way {
    case .whole(let exchange): try exchange.submit(range)
    case .packed(let exchange, let region):
      for (index, partial) in arena.partials.enumerated() {
        BFloat16.pack(
          partial + range.lowerBound, into: packed(index, in: region) + range.lowerBound,
          count: range.count)
      }
      try exchange.submit(range)
    }
  }

  /// Waits for all sums; they then stand in the arena.
  func finish() throws -> ExchangeReport {
    switch way {
    case .whole(let exchange): return try exchange.finish()
    case .packed(let exchange, let region):
      let report = try exchange.finish()
      BFloat16.unpack(packed(0, in: region), into: arena.partials[0], count: arena.count)
      return report
    }
  }

  private func packed(_ index: Int, in region: MemoryRegion) -> UnsafeMutablePointer<BFloat16> {
    region.base.bindMemory(to: BFloat16.self, capacity: arena.partials.count * arena.count)
      + index * arena.count
  }
}
