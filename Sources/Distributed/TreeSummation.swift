import Determinism
import Diagnostics

/// The sum over all leaves of a ``SumTree`` whose leaves are shared out among the ranks, with the
/// same bits for any number of ranks.
///
/// Rank `r` holds the leaves `tree.leaves(ofPart: r, of: size)`, and one vector for each of the
/// largest whole subtrees they make up (``nodes``), already summed along the tree. Every addition
/// is `left + right` of two siblings, in the order of the tree; none is left out, so that signed
/// zeros come out as in one process.
///
/// The vector goes in blocks, each cut into one slice for each rank. A rank receives the others'
/// parts of its slice, adds them along the tree and hands the sum to all; the parts of the next
/// block travel meanwhile. Memory between blocks is taken once.
///
/// - Communication: a vector of `n` elements costs each rank `(size - 1)/size · n` elements sent
///   for each of its nodes, and as many again for the sums.
public final class TreeSummation<Element: MPISummable> {
  /// The tree along which is summed.
  public let tree: SumTree
  /// The leaves this rank contributes.
  public let leaves: Range<Int>
  /// The subtrees for which this rank contributes one vector each, in order.
  public let nodes: [Range<Int>]

  let communicator: Communicator
  /// The largest slice of a block.
  let sliceLimit: Int
  /// For each rank the place of its nodes among those of all ranks.
  let places: [Range<Int>]
  /// The additions over the nodes of all ranks: `node[left] = node[left] + node[right]`.
  let additions: [(left: Int, right: Int)]

  /// Two sets of messages and of received parts: one block's may travel while another's are added.
  let parts: [Exchange]
  let sums: [Exchange]
  let received: UnsafeMutablePointer<Element>
  /// The number of nodes of other ranks.
  let others: Int
  var operands: [UnsafeMutablePointer<Element>] = []

  /// - Parameters:
  ///   - tree: the same on every rank.
  ///   - sliceLimit: the most elements of one message, the same on every rank. Small ones keep
  ///     to the cache, large ones bear a busy machine and a slow link better.
  /// - Throws: `configuration` where there are more ranks than leaves.
  public init(
    _ communicator: Communicator, tree: SumTree, sliceLimit: Int = 1 << 19
  ) throws {
    let size = communicator.size
    guard size <= tree.leaves else {
      throw Failure(
        .configuration, "\(size) ranks share \(tree.leaves) shards: some rank would have none.",
        remedy: "Raise `shards` to a power of two of at least \(size), or start at most "
          + "\(tree.leaves) ranks.")
    }
    self.communicator = communicator
    self.tree = tree
    self.sliceLimit = max(1, min(sliceLimit, communicator.pieceLimit))
    leaves = tree.leaves(ofPart: communicator.rank, of: size)
    nodes = tree.nodes(covering: leaves)

    var all: [Range<Int>] = []
    var places: [Range<Int>] = []
    for part in 0..<size {
      let nodes = tree.nodes(covering: tree.leaves(ofPart: part, of: size))
      places.append(all.count..<all.count + nodes.count)
      all += nodes
    }
    self.places = places
    additions = Self.additions(over: all, tree: tree)
    parts = (0..<2).map { _ in Exchange(communicator, tag: .scatterParts) }
    sums = (0..<2).map { _ in Exchange(communicator, tag: .gatherSums) }
    others = all.count - nodes.count
    received = .allocate(capacity: 2 * others * self.sliceLimit)
  }

  deinit { received.deallocate() }

  /// The additions that lead from nodes covering the tree to its root, children first.
  private static func additions(
    over nodes: [Range<Int>], tree: SumTree
  ) -> [(left: Int, right: Int)] {
    var additions: [(left: Int, right: Int)] = []
    func fold(_ range: Range<Int>) -> Int {
      if let place = nodes.firstIndex(of: range) { return place }
      let middle = range.lowerBound + range.count / 2
      let left = fold(range.lowerBound..<middle)
      let right = fold(middle..<range.upperBound)
      additions.append((left, right))
      return left
    }
    _ = fold(0..<tree.leaves)
    return additions
  }
}
