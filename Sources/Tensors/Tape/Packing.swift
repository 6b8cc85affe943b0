import Determinism

/// How the rows of a packed matrix fall into sequences, and the sequences into shards.
///
/// Sequences of any length follow each other without padding. Each carries the random key from
/// which its dropout is drawn. `shards` lists, for every shard that this process holds, its
/// sequences; a shard may be empty.
public struct Packing: Sendable {
  /// The first row of each sequence, and the number of rows at the end.
  public let offsets: [Int]
  /// The random key of each sequence.
  public let keys: [UInt64]
  /// The sequences of each shard, in order.
  public let shards: [Range<Int>]

  public init(lengths: [Int], keys: [UInt64], shards: [Range<Int>]) {
    var offsets = [0]
    offsets.reserveCapacity(lengths.count + 1)
    for length in lengths { offsets.append(offsets[offsets.count - 1] + length) }
    self.init(offsets: offsets, keys: keys, shards: shards)
  }

  public init(offsets: [Int], keys: [UInt64], shards: [Range<Int>]) {
    precondition(offsets.count == keys.count + 1, "one key for each sequence")
    precondition((shards.last?.upperBound ?? 0) == keys.count, "shards cover all sequences")
    self.offsets = offsets
    self.keys = keys
    self.shards = shards
  }

  /// One sequence of one row each: what per-study features look like.
  public static func single(keys: [UInt64], shards: [Range<Int>]) -> Packing {
    Packing(offsets: Array(0...keys.count), keys: keys, shards: shards)
  }

  public var sequences: Int { keys.count }
  public var rows: Int { offsets[offsets.count - 1] }

  /// The rows of a sequence.
  public func rows(ofSequence index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

  /// The rows of a shard.
  public func rows(ofShard shard: Int) -> Range<Int> {
    offsets[shards[shard].lowerBound]..<offsets[shards[shard].upperBound]
  }

  /// The number of rows in each sequence.
  public var lengths: [Int] { (0..<sequences).map { offsets[$0 + 1] - offsets[$0] } }

  /// The same sequences with other lengths.
  public func with(lengths: [Int]) -> Packing {
    Packing(lengths: lengths, keys: keys, shards: shards)
  }
}

extension Packing {
  /// The sequence that a row belongs to.
  func sequence(ofRow row: Int) -> Int {
    var low = 0
    var high = sequences
    while high - low > 1 {
      let middle = (low + high) / 2
      if offsets[middle] <= row { low = middle } else { high = middle }
    }
    return low
  }
}
