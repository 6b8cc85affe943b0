import Foundation
import Tensors
import TestSupport
import XCTest

/// The elementary functions against the C library in double precision.
final class VectorMathTests: XCTestCase {
  func testExponential() {
    let error = largest(-87...88) {
      VectorMath.exp($0)
    } error: { value, x in
      abs(value / Foundation.exp(x) - 1)
    }
    XCTAssertLessThan(error, 2e-7)
    let edges: [Float] = [0, -0.0, -88, -1000, -.infinity, 88, 1000, .infinity]
    let values = lanes(edges) { VectorMath.exp($0) }
    XCTAssertEqual(values[..<5], [1, 1, 0, 0, 0])
    // Above the range the value is that of its end, and finite.
    XCTAssertEqual(values[5], 1.6516363e38, accuracy: 1e32)
    XCTAssertEqual(values[6], values[5])
    XCTAssertEqual(values[7], values[5])
    XCTAssertTrue(lanes([.nan]) { VectorMath.exp($0) }[0].isNaN)
  }

  func testNormalDistribution() {
    let cumulative = largest(-12...12) {
      VectorMath.normal($0).cumulative
    } error: { value, x in
      abs(value - 0.5 * erfc(-x / 2.0.squareRoot()))
    }
    XCTAssertLessThan(cumulative, 1.5e-7)
    let density = largest(-12...12) {
      VectorMath.normal($0).density
    } error: { value, x in
      abs(value - Foundation.exp(-x * x / 2) / (2 * Double.pi).squareRoot())
    }
    XCTAssertLessThan(density, 1.5e-7)
    let far = lanes([-1e4, 1e4, -.infinity, .infinity]) { VectorMath.normal($0).cumulative }
    XCTAssertEqual(far, [0, 1, 0, 1])
    XCTAssertEqual(
      lanes([-1e4, 1e4, -.infinity, .infinity]) { VectorMath.normal($0).density }, [0, 0, 0, 0])
  }

  func testHyperbolicTangent() {
    let error = largest(-50...50) {
      VectorMath.tanh($0)
    } error: {
      abs($0 - Foundation.tanh($1))
    }
    XCTAssertLessThan(error, 2e-7)
    XCTAssertEqual(lanes([0, -100, 100, -1e30, 1e30]) { VectorMath.tanh($0) }, [0, -1, 1, -1, 1])
  }

  func testSigmoid() {
    let error = largest(-87...87) {
      VectorMath.sigmoid($0)
    } error: { value, x in
      abs(value * (1 + Foundation.exp(-x)) - 1)
    }
    XCTAssertLessThan(error, 4e-7)
    let far = lanes([-1e30, 1e30, 0]) { VectorMath.sigmoid($0) }
    XCTAssertEqual(far[0], 0, accuracy: 1e-37)
    XCTAssertEqual(far[1...], [1, 0.5])
  }

  func testSum() {
    let vector = SIMD16<Float>((0..<16).map { Float(1 << $0) })
    XCTAssertEqual(VectorMath.sum(vector), 65_535)
  }

  /// The largest error over 2²⁰ evenly spaced points and as many near zero, in every lane.
  private func largest(
    _ range: ClosedRange<Float>, _ function: (SIMD16<Float>) -> SIMD16<Float>,
    error: (_ value: Double, _ x: Double) -> Double
  ) -> Double {
    var worst = 0.0
    let count = 1 << 20
    let step = (range.upperBound - range.lowerBound) / Float(count)
    for start in stride(from: 0, to: count, by: 16) {
      var x = SIMD16<Float>()
      for lane in 0..<16 {
        x[lane] = min(range.lowerBound + step * Float(start + lane), range.upperBound)
      }
      for points in [x, x * 1e-3] {
        let values = function(points)
        for lane in 0..<16 {
          let e = error(Double(values[lane]), Double(points[lane]))
          worst = e.isNaN ? .infinity : max(worst, e)
        }
      }
    }
    return worst
  }

  private func lanes(_ x: [Float], _ function: (SIMD16<Float>) -> SIMD16<Float>) -> [Float] {
    var vector = SIMD16<Float>()
    for (lane, value) in x.enumerated() { vector[lane] = value }
    let result = function(vector)
    return x.indices.map { result[$0] }
  }
}
