/// The upper half of a float: eight bits of precision, the whole range.
public struct BFloat16: Equatable, Sendable {
  public var bits: UInt16

  public init(bits: UInt16) { self.bits = bits }

  /// The nearest one, ties to even; what is not a number stays none.
  public init(_ value: Float) {
    let words = Self.nearest(Vector(repeating: value))
    bits = UInt16(truncatingIfNeeded: words[0] &>> 16)
  }

  public var float: Float { Float(bitPattern: UInt32(bits) << 16) }

  private typealias Vector = SIMD16<Float>
  private typealias Words = SIMD16<UInt32>

  /// The nearest ones in the upper halves of the words, whose lower halves are zero.
  @inline(__always)
  private static func nearest(_ x: Vector) -> Words {
    let bits = unsafeBitCast(x, to: Words.self)
    let odd = (bits &>> 16) & 1
    let rounded = (bits &+ (odd &+ 0x7FFF)) & 0xFFFF_0000
    // Rounding might carry what is not a number into the sign.
    return rounded.replacing(with: Words(repeating: 0x7FC0_0000), where: x .!= x)
  }

  @inline(__always)
  private static func wide(_ x: UnsafePointer<BFloat16>, _ index: Int) -> Vector {
    let halves = UnsafeRawPointer(x + index).loadUnaligned(as: SIMD16<UInt16>.self)
    return unsafeBitCast(Words(truncatingIfNeeded: halves) &<< 16, to: Vector.self)
  }

  @inline(__always)
  private static func store(
    _ words: Words, _ y: UnsafeMutablePointer<BFloat16>, _ index: Int
  ) {
    // The upper half of each word, the second one in memory.
    let halves = unsafeBitCast(words, to: SIMD32<UInt16>.self).oddHalf
    UnsafeMutableRawPointer(y + index).storeBytes(of: halves, as: SIMD16<UInt16>.self)
  }

  /// `y ← bfloat16(x)`.
  public static func pack(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<BFloat16>, count: Int
  ) {
    var i = 0
    while i + 16 <= count {
      store(nearest(UnsafeRawPointer(x + i).loadUnaligned(as: Vector.self)), y, i)
      i += 16
    }
    while i < count {
      y[i] = BFloat16(x[i])
      i += 1
    }
  }

  /// `y ← x`, without loss.
  public static func unpack(
    _ x: UnsafePointer<BFloat16>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    var i = 0
    while i + 16 <= count {
      UnsafeMutableRawPointer(y + i).storeBytes(of: wide(x, i), as: Vector.self)
      i += 16
    }
    while i < count {
      y[i] = x[i].float
      i += 1
    }
  }

  /// `x ← bfloat16(x)`, in the place of floats.
  public static func round(_ x: UnsafeMutablePointer<Float>, count: Int) {
    var i = 0
    while i + 16 <= count {
      let words = nearest(UnsafeRawPointer(x + i).loadUnaligned(as: Vector.self))
      UnsafeMutableRawPointer(x + i).storeBytes(of: words, as: Words.self)
      i += 16
    }
    while i < count {
      x[i] = BFloat16(x[i]).float
      i += 1
    }
  }

  /// `z ← bfloat16(x + y)`, the sum in single precision; `z` may be one of the others.
  public static func add(
    _ x: UnsafePointer<BFloat16>, _ y: UnsafePointer<BFloat16>,
    into z: UnsafeMutablePointer<BFloat16>, count: Int
  ) {
    var i = 0
    while i + 16 <= count {
      store(nearest(wide(x, i) + wide(y, i)), z, i)
      i += 16
    }
    while i < count {
      z[i] = BFloat16(x[i].float + y[i].float)
      i += 1
    }
  }
}
