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
