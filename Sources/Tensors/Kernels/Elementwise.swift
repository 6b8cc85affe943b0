/// Passes over runs of floats, sixteen at a time.
public enum Elementwise {
  /// `y[i] = f(x[i])` in vectors, the tail padded with zeros.
  @inline(__always)
  static func map(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int,
    _ f: (Vector) -> Vector
  ) {
    var i = 0
    while i + 16 <= count {
      y.store(f(x.vector(i)), i)
      i += 16
    }
    if i < count { y.store(f(x.vector(i, partial: count - i)), i, partial: count - i) }
  }

  /// `y[i] = f(x[i], y[i])`.
  @inline(__always)
  static func update(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int,
    _ f: (Vector, Vector) -> Vector
  ) {
    var i = 0
    while i + 16 <= count {
      y.store(f(x.vector(i), y.vector(i)), i)
      i += 16
    }
    if i < count {
      let n = count - i
      y.store(f(x.vector(i, partial: n), y.vector(i, partial: n)), i, partial: n)
    }
  }

  /// `y += x`.
  public static func add(
    _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int
  ) {
    update(x, y, count) { $1 + $0 }
  }

  /// `y += a x`.
  public static func add(
    _ x: UnsafePointer<Float>, times a: Float, to y: UnsafeMutablePointer<Float>, count: Int
  ) {
    update(x, y, count) { $1 + $0 * a }
  }

  /// `y *= x`.
  package static func multiply(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    update(x, y, count) { $1 * $0 }
  }

  /// `y = a x`.
  package static func scale(
    _ x: UnsafePointer<Float>, by a: Float, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    map(x, y, count) { $0 * a }
  }

  /// Σ x[i] y[i], lanes first, then the lanes in halves.
  package static func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int) -> Float
  {
    var sum = Vector(repeating: 0)
    var i = 0
    while i + 16 <= count {
      sum += x.vector(i) * y.vector(i)
      i += 16
    }
    if i < count { sum += x.vector(i, partial: count - i) * y.vector(i, partial: count - i) }
    return VectorMath.sum(sum)
  }

  /// Σ x[i].
  package static func sum(_ x: UnsafePointer<Float>, count: Int) -> Float {
    var sum = Vector(repeating: 0)
    var i = 0
    while i + 16 <= count {
      sum += x.vector(i)
      i += 16
    }
    if i < count { sum += x.vector(i, partial: count - i) }
    return VectorMath.sum(sum)
  }
}
