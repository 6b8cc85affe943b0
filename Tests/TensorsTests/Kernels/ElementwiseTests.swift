import References
import Tensors
import TestSupport
import XCTest

/// Runs of every length around a vector, which end where they should.
final class ElementwiseTests: XCTestCase {
  private let mark: Float = 12345

  func testPasses() {
    withEvery("count", 0...70) { count in
      let trial = try Trial(UInt64(count))
      let (x, y) = (trial.values(count), trial.values(count))
      expectPass(y, zip(x, y).map { $1 + $0 }) { Elementwise.add(x, to: $0, count: count) }
      expectPass(y, zip(x, y).map { $1 + $0 * 0.3 }) {
        Elementwise.add(x, times: 0.3, to: $0, count: count)
      }
      expectPass(y, zip(x, y).map { $1 * $0 }) { Elementwise.multiply(x, into: $0, count: count) }
      expectPass(y, x.map { $0 * 0.3 }) { Elementwise.scale(x, by: 0.3, into: $0, count: count) }
    }
  }

  func testSums() {
    withEvery("count", Array(0...70) + [1000, 4099]) { count in
      let trial = try Trial(UInt64(count))
      let (x, y) = (trial.values(count), trial.values(count))
      let (wide, other) = (Reference.double(x), Reference.double(y))
      let bound = 1e-7 * Double(count)
      let dot = Elementwise.dot(x, y, count: count)
      expect(abs(Double(dot) - Reference.dot(wide, other)) <= bound, "dot \(dot)")
      let sum = Elementwise.sum(x, count: count)
      expect(abs(Double(sum) - wide.reduce(0, +)) <= bound, "sum \(sum)")
    }
  }

  private func expectPass(
    _ y: [Float], _ expected: [Float], _ pass: (UnsafeMutablePointer<Float>) -> Void,
    line: UInt = #line
  ) {
    var target = y + [mark]
    pass(&target)
    expectEqual(target, expected + [mark], line: line)
  }
}
