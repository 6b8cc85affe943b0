import Determinism

/// Where and how strongly units are dropped; the mask is a hash, never stored.
///
/// A unit is kept with probability `1 - rate` and then scaled by `1 / (1 - rate)`. Whether it is
/// kept is a function of (key of its sequence, site, row in the sequence, column) alone, so that
/// forward, backward, any rank and any recomputation see the same mask.
public struct Dropout: Sendable {
  /// The probability of dropping.
  public let rate: Float
  /// Names the place in the model.
  public let site: UInt64

  public init(rate: Float, site: String) {
    self.rate = rate
    self.site = CounterRandom.word(site)
  }

  /// A hash below this drops its unit.
  var threshold: UInt32 { UInt32(min(Double(rate) * 4_294_967_296, 4_294_967_295)) }
  var scale: Float { 1 / (1 - rate) }

  /// The mask of one row.
  @inline(__always)
  func row(sequence key: UInt64, row: Int) -> DropoutRow {
    let word = CounterRandom.combine(CounterRandom.combine(key, site), UInt64(row))
    return DropoutRow(
      first: UInt32(truncatingIfNeeded: word), second: UInt32(truncatingIfNeeded: word &>> 32),
      threshold: threshold, scale: scale)
  }
}

/// The multipliers of one row: 0 or `scale`.
struct DropoutRow {
  let first: UInt32
  let second: UInt32
  let threshold: UInt32
  let scale: Float

  private static let lanes = Words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

  /// The multipliers of the columns `column ..< column + 16`.
  @inline(__always)
  func multipliers(_ column: Int) -> Vector {
    var x = (DropoutRow.lanes &+ UInt32(truncatingIfNeeded: column)) &* 0x9E37_79B1 ^ first
    x = (x ^ (x &>> 16)) &* 0x7FEB_352D
    x = ((x ^ (x &>> 15)) &+ second) &* 0x846C_A68B
    x = x ^ (x &>> 16)
    let dropped = x .< Words(repeating: threshold)
    return Vector(repeating: scale).replacing(with: 0, where: dropped)
  }

  /// `x ∘ multipliers`, in place.
  @inline(__always)
  func apply(_ x: UnsafeMutablePointer<Float>, count: Int) {
    var i = 0
    while i + 16 <= count {
      x.store(x.vector(i) * multipliers(i), i)
      i += 16
    }
    if i < count {
      x.store(x.vector(i, partial: count - i) * multipliers(i), i, partial: count - i)
    }
  }
}
