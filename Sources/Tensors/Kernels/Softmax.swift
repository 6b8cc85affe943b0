/// Softmax along one row.
enum Softmax {
  /// `x ← softmax(x)` over `count` floats; returns max x and Σ e^(x - max x).
  @inline(__always)
  static func inPlace(_ x: UnsafeMutablePointer<Float>, count: Int) -> (max: Float, sum: Float) {
    let lowest = -Float.greatestFiniteMagnitude
    var maxima = Vector(repeating: lowest)
    var i = 0
    while i + 16 <= count {
      maxima = VectorMath.maximum(x.vector(i), maxima)
      i += 16
    }
    var top = lowest
    for lane in 0..<16 { top = max(top, maxima[lane]) }
    for j in i..<count { top = max(top, x[j]) }

    var sums = Vector(repeating: 0)
    i = 0
    while i + 16 <= count {
      let e = VectorMath.exp(x.vector(i) - top)
      x.store(e, i)
      sums += e
      i += 16
    }
    if i < count {
      let n = count - i
      var e = VectorMath.exp(x.vector(i, partial: n) - top)
      for lane in n..<16 { e[lane] = 0 }
      x.store(e, i, partial: n)
      sums += e
    }
    let sum = VectorMath.sum(sums)
    Elementwise.scale(x, by: 1 / sum, into: x, count: count)
    return (top, sum)
  }

  /// `d ← p ∘ (d - Σ d p)`: the gradient of softmax from that of its output.
  @inline(__always)
  static func backward(
    _ p: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, count: Int, scale: Float = 1
  ) {
    let inner = Elementwise.dot(p, d, count: count)
    Elementwise.update(p, d, count) { ($1 - inner) * $0 * scale }
  }
}
