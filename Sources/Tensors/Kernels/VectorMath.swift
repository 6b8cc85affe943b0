/// Sixteen floats: one AVX-512 register or two AVX2 ones.
package typealias Vector = SIMD16<Float>
typealias Words = SIMD16<UInt32>

extension UnsafePointer where Pointee == Float {
  /// The sixteen floats at `index`.
  @inline(__always)
  func vector(_ index: Int) -> Vector {
    UnsafeRawPointer(self + index).loadUnaligned(as: Vector.self)
  }

  /// The `count` < 16 floats at `index`, the other lanes zero.
  @inline(__always)
  func vector(_ index: Int, partial count: Int) -> Vector {
    var v = Vector(repeating: 0)
    for lane in 0..<count { v[lane] = self[index + lane] }
    return v
  }
}

extension UnsafeMutablePointer where Pointee == Float {
  @inline(__always)
  func vector(_ index: Int) -> Vector { UnsafePointer(self).vector(index) }

  @inline(__always)
  func vector(_ index: Int, partial count: Int) -> Vector {
    UnsafePointer(self).vector(index, partial: count)
  }

  /// Stores sixteen floats at `index`.
  @inline(__always)
  func store(_ v: Vector, _ index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: v, as: Vector.self)
  }

  /// Stores the first `count` lanes at `index`.
  @inline(__always)
  func store(_ v: Vector, _ index: Int, partial count: Int) {
    for lane in 0..<count { self[index + lane] = v[lane] }
  }
}

/// Elementary functions on sixteen lanes, the same bits on every x86-64-v3 processor: additions,
/// multiplications, divisions and fused multiply-adds where they are written, in a fixed order.
package enum VectorMath {
  /// `a` where the mask holds, else `b`.
  @inline(__always)
  static func select(_ mask: SIMDMask<SIMD16<Int32>>, _ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: mask)
  }

  /// The larger of each pair of lanes.
  @inline(__always)
  static func maximum(_ a: Vector, _ b: Vector) -> Vector { select(a .> b, a, b) }

  /// `p x + c`, rounded once.
  @_transparent
  private static func horner(_ p: Vector, _ x: Vector, _ c: Float) -> Vector {
    Vector(repeating: c).addingProduct(p, x)
  }

  /// The largest lane, halves first.
  @inline(__always)
  static func maximum(_ v: Vector) -> Float {
    let a = v.highHalf.replacing(with: v.lowHalf, where: v.lowHalf .> v.highHalf)
    let b = a.highHalf.replacing(with: a.lowHalf, where: a.lowHalf .> a.highHalf)
    let c = b.highHalf.replacing(with: b.lowHalf, where: b.lowHalf .> b.highHalf)
    return c[0] > c[1] ? c[0] : c[1]
  }

  /// eˣ to 1e-7 relative (Cephes, degree 5), 0 below -87.3 and capped above 88.
  @_transparent
  package static func exp(_ x: Vector) -> Vector {
    let low = Vector(repeating: -87.336_54)
    let high = Vector(repeating: 88)
    let clamped = select(x .< low, low, select(x .> high, high, x))
    // Adding 1.5 * 2²³ leaves the nearest integer in the low bits of the sum.
    let magic = Vector(repeating: 12_582_912)
    let shifted = magic.addingProduct(clamped, Vector(repeating: 1.442_695_04))
    let n = shifted - magic
    let r = clamped.addingProduct(n, Vector(repeating: -0.693_359_375))
      .addingProduct(n, Vector(repeating: 2.121_944_4e-4))
    var p = Vector(repeating: 1.987_569_15e-4)
    p = horner(p, r, 1.398_199_95e-3)
    p = horner(p, r, 8.333_451_9e-3)
    p = horner(p, r, 4.166_579_6e-2)
    p = horner(p, r, 1.666_666_55e-1)
    p = horner(p, r, 5.000_000_1e-1)
    p = r.addingProduct(p, r * r) + 1
    let bits = unsafeBitCast(shifted, to: Words.self) &- 0x4B40_0000
    let scale = unsafeBitCast((bits &+ 127) &<< 23, to: Vector.self)
    return select(x .< low, Vector(repeating: 0), p * scale)
  }

  /// The normal distribution function Φ(x) and density φ(x) from one exponential, to 1.5e-7
  /// absolute (Abramowitz and Stegun 7.1.26).
  ///
  /// Their polynomial in t = 1 / (1 + p z) is expanded about t = 1: its own coefficients cancel
  /// there, which would cost half of the digits that the approximation has to give.
  @inline(__always)
  package static func normal(_ x: Vector) -> (cumulative: Vector, density: Vector) {
    let zero = Vector(repeating: 0)
    let negative = x .< zero
    let distance = select(negative, zero - x, x) * 0.707_106_77
    // The exponential is zero from there on.
    let z = select(distance .> 10, Vector(repeating: 10), distance)
    let e = exp(zero - z * z)
    let scaled = z * 0.327_591_1
    let s = zero - scaled / (1 + scaled)
    var p = Vector(repeating: 1.061_405_43)
    p = horner(p, s, 3.853_875_12)
    p = horner(p, s, 6.222_859_92)
    p = horner(p, s, 5.874_886_61)
    p = horner(p, s, 3.444_496_38)
    p = horner(p, s, 1)
    let tail = p * e * 0.5
    return (select(negative, tail, 1 - tail), e * 0.398_942_28)
  }

  /// tanh(x) = 1 - 2 / (e²ˣ + 1).
  @inline(__always)
  package static func tanh(_ x: Vector) -> Vector { 1 - 2 / (exp(x + x) + 1) }

  /// 1 / (1 + e⁻ˣ).
  @inline(__always)
  package static func sigmoid(_ x: Vector) -> Vector { 1 / (1 + exp(Vector(repeating: 0) - x)) }

  /// The sum of the lanes, halves first.
  @inline(__always)
  package static func sum(_ v: Vector) -> Float {
    let a = v.lowHalf + v.highHalf
    let b = a.lowHalf + a.highHalf
    let c = b.lowHalf + b.highHalf
    return c[0] + c[1]
  }
}
