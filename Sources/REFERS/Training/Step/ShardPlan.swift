import Determinism

/// How the studies of a step fall into logical shards, and the shards to ranks.
///
/// The step is a fixed list of studies; shard `s` of S takes those from `s·n/S` to `(s+1)·n/S`.
/// Neither depends on the number of ranks, which only take runs of whole shards.
public struct ShardPlan: Sendable, Equatable {
  public let tree: SumTree
  public let rank: Int
  public let ranks: Int

  public init(tree: SumTree, rank: Int, ranks: Int) {
    self.tree = tree
    self.rank = rank
    self.ranks = ranks
  }

  /// The shards of a rank.
  public func shards(of rank: Int) -> Range<Int> { tree.leaves(ofPart: rank, of: ranks) }

  /// The shards of this rank.
  public var own: Range<Int> { shards(of: rank) }

  /// The places in a step of `count` studies that a shard takes.
  public func studies(ofShard shard: Int, count: Int) -> Range<Int> {
    shard * count / tree.leaves..<(shard + 1) * count / tree.leaves
  }

  /// The places in a step of `count` studies that a rank takes.
  public func studies(ofRank rank: Int, count: Int) -> Range<Int> {
    let shards = shards(of: rank)
    return studies(ofShard: shards.lowerBound, count: count)
      .lowerBound..<studies(ofShard: shards.upperBound - 1, count: count).upperBound
  }

  /// The studies of each of this rank's shards, counted from this rank's first.
  public func localShards(count: Int) -> [Range<Int>] {
    let first = studies(ofRank: rank, count: count).lowerBound
    return own.map {
      let studies = studies(ofShard: $0, count: count)
      return studies.lowerBound - first..<studies.upperBound - first
    }
  }
}
