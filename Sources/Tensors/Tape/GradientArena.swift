import Determinism

/// A rectangle of a parameter, the unit of work when gradients are summed.
public struct Tile {
  public let rows: Range<Int>
  public let columns: Range<Int>
  var count: Int { rows.count * columns.count }
}

/// One use's share of a parameter's gradient.
package struct GradientContribution {
  /// Adds (or, if `overwrite`, writes) the gradient of one shard within a tile to `target`, whose
  /// rows follow each other with `tile.columns.count` floats each.
  ///
  /// A tile is a band of whole rows or, of a parameter with one row, a run of its columns.
  let add:
    (
      _ shard: Int, _ tile: Tile, _ target: UnsafeMutablePointer<Float>, _ overwrite: Bool
    ) -> Void

  package init(
    add:
      @escaping (
        _ shard: Int, _ tile: Tile, _ target: UnsafeMutablePointer<Float>, _ overwrite: Bool
      ) -> Void
  ) {
    self.add = add
  }
}

/// The gradients of all parameters in flat arenas, one for each whole subtree of the shards that
/// this process holds (one only, where the number of processes is a power of two).
public final class GradientArena {
  /// The subtrees, as ranges of shards.
  public let nodes: [Range<Int>]
  /// One arena for each node, laid out like the parameters.
  public let partials: [UnsafeMutablePointer<Float>]
  public let count: Int
  private let region: MemoryRegion
  private let firstShard: Int
  private var done: [Bool]

  /// Arenas for the parameters and for the shards `shards` of the tree.
  public init(parameters: ParameterStore, tree: SumTree, shards: Range<Int>) throws {
    let nodes = tree.nodes(covering: shards)
    let count = parameters.count
    region = try MemoryRegion(byteCount: nodes.count * count * 4)
    let base = region.floats
    self.nodes = nodes
    self.count = count
    partials = nodes.indices.map { base + $0 * count }
    firstShard = shards.lowerBound
    done = Array(repeating: false, count: parameters.all.count)
  }

  /// Forgets which gradients are there, before a new step.
  public func begin() {
    for index in done.indices { done[index] = false }
  }

  func isDone(_ parameter: Parameter) -> Bool { done[parameter.index] }

  /// Sums the contributions of all shards along the tree, tile by tile.
  ///
  /// Within a shard the uses of a parameter are added in the order they come; then shards are
  /// added in pairs. Zeros are added like anything else: leaving one out could change a sign.
  package func reduce(
    _ parameter: Parameter, _ contributions: [GradientContribution], compute: Compute
  ) throws {
    done[parameter.index] = true
    let tiles = GradientArena.tiles(of: parameter)
    let tileCount = tiles.map(\.count).max() ?? 0
    let depth = nodes.map { $0.count.trailingZeroBitCount }.max() ?? 0
    let scratch = try compute.scratch(max(1, depth) * tileCount)
    let columns = parameter.columns

    compute.team.forEach(tiles.count) { task, worker in
      let tile = tiles[task]
      func sum(
        _ shards: Range<Int>, _ target: UnsafeMutablePointer<Float>,
        _ spare: UnsafeMutablePointer<Float>
      ) {
        if shards.count == 1 {
          let shard = shards.lowerBound - firstShard
          if contributions.isEmpty { target.update(repeating: 0, count: tile.count) }
          for (use, contribution) in contributions.enumerated() {
            contribution.add(shard, tile, target, use == 0)
          }
          return
        }
        let middle = (shards.lowerBound + shards.upperBound) / 2
        sum(shards.lowerBound..<middle, target, spare)
        sum(middle..<shards.upperBound, spare, spare + tileCount)
        Elementwise.add(spare, to: target, count: tile.count)
      }
      for (node, partial) in zip(nodes, partials) {
        let start = parameter.offset + tile.rows.lowerBound * columns + tile.columns.lowerBound
        sum(node, partial + start, scratch(worker))
      }
    }
  }

  /// A parameter cut at borders that its shape alone decides: bands of whole rows, or pieces of a
  /// single row, so that a tile is always contiguous.
  ///
  /// A band fits the second-level cache together with its partial sums; a matrix of two hundred
  /// rows or more has several, or one thread would do all the work.
  static func tiles(of parameter: Parameter) -> [Tile] {
    if parameter.rows == 1 {
      return stride(from: 0, to: parameter.columns, by: 64).map {
        Tile(rows: 0..<1, columns: $0..<min($0 + 64, parameter.columns))
      }
    }
    let parts = max((parameter.count + limit - 1) / limit, min(4, parameter.rows / 96), 1)
    let band = max(16, ((parameter.rows + parts - 1) / parts + 15) / 16 * 16)
    return stride(from: 0, to: parameter.rows, by: band).map {
      Tile(rows: $0..<min($0 + band, parameter.rows), columns: 0..<parameter.columns)
    }
  }

  /// The most floats in a band.
  private static let limit = 1 << 17
}
