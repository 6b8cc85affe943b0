import Determinism
import Tensors

/// A step's shards spread over processes, as numbers of shards side by side.
struct Spread: CustomStringConvertible {
  static let all = [[8], [4, 4], [2, 2, 2, 2], [3, 3, 2], [1, 1, 1, 1, 1, 1, 1, 1], [5, 0, 3]].map {
    Spread(counts: $0)
  }

  let counts: [Int]
  var description: String { counts.map(String.init).joined(separator: "+") }

  var parts: [Range<Int>] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return start..<start + count
    }
  }

  /// The gradients that all parts together arrive at: partial sums of whole subtrees, added along
  /// the tree.
  ///
  /// - Parameters:
  ///   - passShards: the most shards that a part computes together.
  ///   - part: fills the arena of the shards it is given.
  func gradients(
    _ parameters: ParameterStore, passShards: Int? = nil,
    precision: StoragePrecision = .float32,
    part: (Range<Int>, GradientArena) throws -> Void
  ) throws -> [Float] {
    let shards = counts.reduce(0, +)
    let tree = try unwrapped(SumTree(leaves: shards))
    var partials: [Range<Int>: [Float]] = [:]
    for range in parts {
      let arena = try GradientArena(
        parameters: parameters, tree: tree, shards: range, passShards: passShards,
        precision: precision)
      for (index, pass) in arena.passes.enumerated() {
        arena.begin(pass: index)
        try part(pass.shards, arena)
      }
      for (node, partial) in zip(arena.nodes, arena.partials) {
        partials[node] = Array(UnsafeBufferPointer(start: partial, count: arena.count))
      }
    }
    func sum(_ node: Range<Int>) throws -> [Float] {
      if let partial = partials[node] { return partial }
      guard node.count > 1 else { throw Missing() }
      let middle = (node.lowerBound + node.upperBound) / 2
      var left = try sum(node.lowerBound..<middle)
      let right = try sum(middle..<node.upperBound)
      Elementwise.add(right, to: &left, count: left.count)
      if precision == .bfloat16 { left = left.map { BFloat16($0).float } }
      return left
    }
    return try sum(0..<shards)
  }
}

/// The bits, by which exactness is judged: +0 is not -0.
func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
