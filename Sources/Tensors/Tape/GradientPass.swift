/// A run of shards that go through the model together, forward and backward.
public struct GradientPass: Sendable, Equatable {
  /// The shards, counted over all processes.
  public let shards: Range<Int>
  let sums: [Sum]

  /// A whole subtree of the pass: where its sum goes, and what is added when it is there.
  struct Sum: Sendable, Equatable {
    let shards: Range<Int>
    let arena: Int
    /// Arenas to add, `left += right`, each a complete subtree and its complete sibling.
    let additions: [Addition]
  }

  struct Addition: Sendable, Equatable {
    let left: Int
    let right: Int
  }

  /// The passes over the shards of some nodes of the tree: one for all of them, or one for each
  /// subtree of at most `limit` shards.
  ///
  /// Of a node's passes, number `i` (from 0) finds as many complete left siblings waiting as `i`
  /// has bits set, and completes as many as `i + 1` has trailing zeros. The first of those waiting
  /// lies in the node's own arena.
  static func passes(over nodes: [Range<Int>], limit: Int?) -> [GradientPass] {
    guard let limit else {
      let all = (nodes.first?.lowerBound ?? 0)..<(nodes.last?.upperBound ?? 0)
      let sums = nodes.enumerated().map { Sum(shards: $1, arena: $0, additions: []) }
      return [GradientPass(shards: all, sums: sums)]
    }
    return nodes.enumerated().flatMap { node, range in
      let size = min(limit, range.count)
      return (0..<range.count / size).map { index in
        let shards = range.lowerBound + index * size..<range.lowerBound + (index + 1) * size
        func place(_ depth: Int) -> Int { depth == 0 ? node : nodes.count + depth - 1 }
        let depth = index.nonzeroBitCount
        let additions = (0..<(index + 1).trailingZeroBitCount).map {
          Addition(left: place(depth - $0 - 1), right: place(depth - $0))
        }
        return GradientPass(
          shards: shards,
          sums: [Sum(shards: shards, arena: place(depth), additions: additions)])
      }
    }
  }

  /// The arenas that the passes write to.
  static func arenas(_ passes: [GradientPass]) -> Int {
    1 + (passes.flatMap(\.sums).map(\.arena).max() ?? 0)
  }
}
