import Determinism
import TestSupport
import XCTest

final class BFloat16Tests: XCTestCase {
  /// Every kind of value, against the definition: of the two neighbours the nearer, of two as near
  /// the even one.
  func testRoundingIsToTheNearestEven() {
    var random = CounterRandom(seed: 3)
    let edges: [UInt32] = [
      0, 1, 0x7FFF, 0x8000, 0x8001, 0x1_7FFF, 0x1_8000, 0x3F80_8000, 0x3F81_8000, 0x7F7F_7FFF,
      0x7F7F_8000, 0x7F7F_FFFF, 0x7F80_0000,
    ]
    let words =
      edges.flatMap { [$0, $0 | 0x8000_0000] }
      + (0..<100_000).map { _ in UInt32(truncatingIfNeeded: random.next()) }
    for word in words {
      let value = Float(bitPattern: word)
      let rounded = BFloat16(value).float
      if value.isNaN {
        XCTAssertTrue(rounded.isNaN)
        continue
      }
      let below = Float(bitPattern: word & 0xFFFF_0000)
      let next = (word & 0xFFFF_0000) &+ 0x1_0000
      // Beyond the largest the next one counts as it would without a limit.
      let above =
        next & 0x7FFF_FFFF == 0x7F80_0000 ? Double(below) * 2 : Double(Float(bitPattern: next))
      let (low, high) = (abs(Double(value) - Double(below)), abs(above - Double(value)))
      let limit = next & 0x7FFF_FFFF == 0x7F80_0000
      if value.isInfinite {
        XCTAssertEqual(rounded, value)
      } else if limit {
        let isUp = word & 0xFFFF >= 0x8000
        XCTAssertEqual(rounded.isInfinite, isUp, "\(word)")
      } else if low == high {
        XCTAssertEqual(BFloat16(value).bits & 1, 0, "\(word)")
      } else {
        XCTAssertEqual(Double(rounded), low < high ? Double(below) : above, "\(word)")
      }
    }
  }

  func testRunsOfEveryLength() {
    for count in [0, 1, 15, 16, 17, 47, 48] {
      let values = (0..<count).map { Float($0 * $0) * 0.37 - 3 }
      let others = values.map { 1 - $0 * 0.11 }
      let guardian = BFloat16(bits: 0x1234)
      var packed = [BFloat16](repeating: guardian, count: count + 1)
      var otherPacked = packed
      BFloat16.pack(values, into: &packed, count: count)
      BFloat16.pack(others, into: &otherPacked, count: count)
      XCTAssertEqual(Array(packed[..<count]), values.map { BFloat16($0) })
      var unpacked = [Float](repeating: 7, count: count + 1)
      BFloat16.unpack(packed, into: &unpacked, count: count)
      XCTAssertEqual(Array(unpacked[..<count]), packed[..<count].map(\.float))
      var rounded = values + [7]
      BFloat16.round(&rounded, count: count)
      XCTAssertEqual(rounded, unpacked)
      var sums = packed
      BFloat16.add(packed, otherPacked, into: &sums, count: count)
      XCTAssertEqual(
        Array(sums[..<count]),
        (0..<count).map { BFloat16(packed[$0].float + otherPacked[$0].float) })
      for end in [packed[count], sums[count]] { XCTAssertEqual(end, guardian) }
    }
  }
}
