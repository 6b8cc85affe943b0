/// The position vectors of a square grid of patches, behind that of the class token.
package enum PositionGrid {
  /// The side of the grid of a table of `rows` vectors; nil where the patches make no square.
  package static func side(rows: Int) -> Int? {
    guard rows > 1 else { return nil }
    let side = Int(Double(rows - 1).squareRoot().rounded())
    return side * side == rows - 1 ? side : nil
  }

  /// The vectors for a grid of another side: the class token's as it is, the others bilinear, the
  /// corners of both grids in one place (REFERS sec. 1, as the public code resizes).
  ///
  /// - Parameter values: [1 + side², width].
  /// - Returns: [1 + target², width].
  package static func resized(_ values: [Float], side: Int, to target: Int, width: Int) -> [Float] {
    var result = Array(values[..<width])
    result.reserveCapacity((1 + target * target) * width)
    /// The two neighbours of a place along one axis, and the share of the second.
    func neighbours(_ place: Int) -> (Int, Int, Float) {
      guard target > 1 else { return (0, 0, 0) }
      let (first, rest) = (place * (side - 1)).quotientAndRemainder(dividingBy: target - 1)
      return (first, min(first + 1, side - 1), Float(rest) / Float(target - 1))
    }
    for row in 0..<target {
      let (top, bottom, down) = neighbours(row)
      for column in 0..<target {
        let (left, right, along) = neighbours(column)
        for i in 0..<width {
          func value(_ row: Int, _ column: Int) -> Float {
            values[(1 + row * side + column) * width + i]
          }
          let upper = value(top, left) * (1 - along) + value(top, right) * along
          let lower = value(bottom, left) * (1 - along) + value(bottom, right) * along
          result.append(upper * (1 - down) + lower * down)
        }
      }
    }
    return result
  }
}
