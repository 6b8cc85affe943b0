import Determinism

/// The gradients of all parameters in flat arenas, one for each whole subtree of the shards that
/// this process holds (one only, where the number of processes is a power of two).
///
/// The shards may go through the model in several passes, each of which covers one smaller subtree
/// (``GradientPass``). The sums of passes are then added like those of shards, as soon as two
/// siblings are complete, so that passes add at most log₂(passes) further arenas and no bit differs.
public final class GradientArena {
  /// The subtrees, as ranges of shards.
  public let nodes: [Range<Int>]
  /// The passes of a step, in order.
  public let passes: [GradientPass]
  /// One arena for each node, laid out like the parameters.
  public let partials: [UnsafeMutablePointer<Float>]
  public let count: Int
  /// How sums are kept: each shard's gradient and each sum of two is rounded.
  public let precision: StoragePrecision
  /// Told of each parameter whose gradient is complete over all passes.
  public var completed: ((Parameter) throws -> Void)?
  /// The arenas of the nodes, then those of passes whose siblings are to come.
  private let arenas: [UnsafeMutablePointer<Float>]
  private let region: MemoryRegion
  private var pass = 0
  private var done: [Bool]

  /// Arenas for the parameters and for the shards `shards` of the tree.
  ///
  /// - Parameters:
  ///   - passShards: the most shards of a pass, a power of two; all go together where nil.
  ///   - precision: how sums are kept.
  /// - Throws: `Failure(.memory)`.
  public init(
    parameters: ParameterStore, tree: SumTree, shards: Range<Int>, passShards: Int? = nil,
    precision: StoragePrecision = .float32
  ) throws {
    self.precision = precision
    nodes = tree.nodes(covering: shards)
    passes = GradientPass.passes(over: nodes, limit: passShards)
    let arenaCount = GradientPass.arenas(passes)
    let count = parameters.count
    region = try MemoryRegion(byteCount: arenaCount * count * 4)
    let base = region.floats
    self.count = count
    arenas = (0..<arenaCount).map { base + $0 * count }
    partials = Array(arenas[..<nodes.count])
    done = Array(repeating: false, count: parameters.all.count)
  }

  /// The number of arenas, those of passes included.
  public var arenaCount: Int { arenas.count }

  /// Starts a pass, the first one of a step unless said otherwise: no gradient of it is there yet.
  public func begin(pass: Int = 0) {
    self.pass = pass
    for index in done.indices { done[index] = false }
  }

  func isDone(_ parameter: Parameter) -> Bool { done[parameter.index] }

  /// Sums the contributions of the pass's shards along the tree, tile by tile.
  ///
  /// Within a shard the uses of a parameter are added in the order they come; then shards are
  /// added in pairs. Zeros are added like anything else: leaving one out could change a sign.
  package func reduce(
    _ parameter: Parameter, _ contributions: [GradientContribution], compute: Compute
  ) throws {
    done[parameter.index] = true
    let pass = passes[pass]
    let tiles = GradientArena.tiles(of: parameter)
    let tileCount = tiles.map(\.count).max() ?? 0
    let depth = pass.sums.map { $0.shards.count.trailingZeroBitCount }.max() ?? 0
    let scratch = try compute.scratch(max(1, depth) * tileCount)
    let columns = parameter.columns
    let rounds = precision == .bfloat16

    compute.team.forEach(tiles.count) { task, worker in
      let tile = tiles[task]
      func sum(
        _ shards: Range<Int>, _ target: UnsafeMutablePointer<Float>,
        _ spare: UnsafeMutablePointer<Float>
      ) {
        if shards.count == 1 {
          let shard = shards.lowerBound - pass.shards.lowerBound
          if contributions.isEmpty { target.update(repeating: 0, count: tile.count) }
          for (use, contribution) in contributions.enumerated() {
            contribution.add(shard, tile, target, use == 0)
          }
          if rounds { BFloat16.round(target, count: tile.count) }
          return
        }
        let middle = (shards.lowerBound + shards.upperBound) / 2
        sum(shards.lowerBound..<middle, target, spare)
        sum(middle..<shards.upperBound, spare, spare + tileCount)
        Elementwise.add(spare, to: target, count: tile.count)
        if rounds { BFloat16.round(target, count: tile.count) }
      }
      let start = parameter.offset + tile.rows.lowerBound * columns + tile.columns.lowerBound
      for part in pass.sums {
        sum(part.shards, arenas[part.arena] + start, scratch(worker))
        // The siblings to the left were complete before this one.
        for addition in part.additions {
          let target = arenas[addition.left] + start
          Elementwise.add(arenas[addition.right] + start, to: target, count: tile.count)
          if rounds { BFloat16.round(target, count: tile.count) }
        }
      }
    }
    if self.pass == passes.count - 1 { try completed?(parameter) }
  }

  /// A parameter cut at borders that its shape alone decides: bands of whole rows, or pieces of a
  /// single row, so that a tile is always contiguous.
  static func tiles(of parameter: Parameter) -> [Tile] {
    if parameter.rows == 1 {
      return stride(from: 0, to: parameter.columns, by: 64).map {
        Tile(rows: 0..<1, columns: $0..<min($0 + 64, parameter.columns))
      }
    }
    return bands(rows: parameter.rows).map { Tile(rows: $0, columns: 0..<parameter.columns) }
  }

  /// The bands of a matrix of so many rows: at most 512 in each; four bands at least from 768 rows
  /// on, two from 192, for threads to share.
  ///
  /// The product of a band packs all of the inputs anew: with bands of 176 rows, the gradient of
  /// 3072 x 768 takes a tenth more time.
  package static func bands(rows: Int) -> [Range<Int>] {
    let shared = rows >= 768 ? 4 : rows >= 192 ? 2 : 1
    let parts = max((rows + 511) / 512, shared)
    let band = max(16, ((rows + parts - 1) / parts + 15) / 16 * 16)
    return stride(from: 0, to: rows, by: band).map { $0..<min($0 + band, rows) }
  }
}
