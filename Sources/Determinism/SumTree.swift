/// The one binary tree along which everything that shards contribute is summed.
///
/// Leaf `s` is the contribution of shard `s`; an inner node over the leaves `a ..< b` is
/// `sum(a ..< m) + sum(m ..< b)` with `m` the middle. Because the number of leaves is a power of
/// two and never depends on ranks or threads, any holder of whole subtrees can sum them alone and
/// hand the node values on: the result has the same bits whoever added what.
public struct SumTree: Hashable, Sendable {
  /// The number of leaves, a power of two.
  public let leaves: Int

  /// A tree of the given number of leaves; nil where that is not a power of two.
  public init?(leaves: Int) {
    guard leaves > 0, leaves & (leaves - 1) == 0 else { return nil }
    self.leaves = leaves
  }

  /// The largest whole subtrees that cover a range of leaves, in order.
  ///
  /// For a range of 2ᵏ leaves that starts at a multiple of 2ᵏ this is the range itself; in general
  /// at most 2·log₂(leaves) nodes.
  public func nodes(covering range: Range<Int>) -> [Range<Int>] {
    var nodes: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      var size = start == 0 ? leaves : start & -start
      while start + size > range.upperBound { size /= 2 }
      nodes.append(start..<start + size)
      start += size
    }
    return nodes
  }

  /// The leaves of one of `parts` equal-as-possible contiguous parts.
  public func leaves(ofPart part: Int, of parts: Int) -> Range<Int> {
    part * leaves / parts..<(part + 1) * leaves / parts
  }
}
