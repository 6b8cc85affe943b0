/// Softmax along one row.
enum Softmax {
  private static let lowest = -Float.greatestFiniteMagnitude
  private static let lanes = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

  /// `v` in the first `count` lanes, `other` in those behind.
  @inline(__always)
  static func first(_ count: Int, of v: Vector, else other: Float) -> Vector {
    VectorMath.select(lanes .< Int32(truncatingIfNeeded: count), v, Vector(repeating: other))
  }

  /// `x ← softmax(x)` over `count` floats; returns max x and Σ e^(x - max x).
  ///
  /// - Parameter end: where the row ends, a multiple of 16 from `count` on, if it has room behind
  ///   its values; zeros are put there. Whole vectors all the way are faster.
  @inline(__always)
  @discardableResult
  static func inPlace(
    _ x: UnsafeMutablePointer<Float>, count: Int, end: Int? = nil
  ) -> (max: Float, sum: Float) {
    let whole = count & ~15
    let rest = count - whole
    var last = Vector(repeating: lowest)
    if rest > 0 {
      let values = end == nil ? x.vector(whole, partial: rest) : x.vector(whole)
      last = first(rest, of: values, else: lowest)
    }
    var maxima = last
    var i = 0
    while i < whole {
      maxima = VectorMath.maximum(x.vector(i), maxima)
      i += 16
    }
    let top = VectorMath.maximum(maxima)

    last = VectorMath.exp(last - top)
    var sums = last
    i = 0
    while i < whole {
      let e = VectorMath.exp(x.vector(i) - top)
      x.store(e, i)
      sums += e
      i += 16
    }
    let sum = VectorMath.sum(sums)
    let factor = 1 / sum
    i = 0
    while i < whole {
      x.store(x.vector(i) * factor, i)
      i += 16
    }
    guard let end else {
      if rest > 0 { x.store(last * factor, whole, partial: rest) }
      return (top, sum)
    }
    if rest > 0 { x.store(last * factor, whole) }
    i = (count + 15) & ~15
    while i < end {
      x.store(Vector(repeating: 0), i)
      i += 16
    }
    return (top, sum)
  }

  /// `d ← p ∘ (d - Σ d p)`: the gradient of softmax from that of its output.
  @inline(__always)
  static func backward(
    _ p: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, count: Int
  ) {
    let inner = Elementwise.dot(p, d, count: count)
    Elementwise.update(p, d, count) { ($1 - inner) * $0 }
  }

  /// The same behind dropout, for a row with room for whole vectors: with m what dropout multiplies
  /// by, `used ← p ∘ m`, then `d ← scale · p ∘ (d ∘ m - Σ d m p)`.
  ///
  /// - Parameters:
  ///   - p: zero behind the `count` values; `d` may hold anything there.
  ///   - used: what the row was multiplied as; `p` itself without dropout.
  @inline(__always)
  static func backward(
    _ p: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, count: Int, scale: Float,
    mask: DropoutRow?, used: UnsafeMutablePointer<Float>
  ) {
    let end = (count + 15) & ~15
    if end > count {
      let place = end - 16
      d.store(first(count - place, of: d.vector(place), else: 0), place)
    }
    var sums = Vector(repeating: 0)
    var i = 0
    while i < end {
      let own = p.vector(i)
      if let mask {
        let multipliers = mask.multipliers(i)
        d.store(d.vector(i) * multipliers, i)
        used.store(own * multipliers, i)
      }
      sums.addProduct(own, d.vector(i))
      i += 16
    }
    let inner = VectorMath.sum(sums)
    i = 0
    while i < end {
      d.store((d.vector(i) - inner) * (p.vector(i) * scale), i)
      i += 16
    }
  }
}
