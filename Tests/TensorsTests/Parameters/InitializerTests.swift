import Foundation
import Tensors
import TestSupport
import XCTest

final class InitializerTests: XCTestCase {
  private func values(
    _ initializer: Initializer, rows: Int = 200, columns: Int = 300, seed: UInt64 = 1,
    name: String = "weight"
  ) throws -> [Float] {
    let store = ParameterStore()
    let parameter = store.declare(name, rows: rows, columns: columns, group: "all", initializer)
    try store.allocate(seed: seed)
    return Array(UnsafeBufferPointer(start: store.values, count: parameter.count))
  }

  func testFunctionOfSeedAndName() {
    let drawn: [Initializer] = [
      .normal(1), .normalZeroFirst(1), .uniform(1), .xavierUniform, .linear(fanIn: 9),
    ]
    withEvery("initializer", drawn) { initializer in
      let own = try values(initializer)
      expectEqual(own, try values(initializer))
      expect(own != (try? values(initializer, seed: 2)), "the seed does not matter")
      expect(own != (try? values(initializer, name: "other")), "the name does not matter")
    }
  }

  /// What else a model declares does not move a parameter's values.
  func testIndependentOfNeighbours() throws {
    let store = ParameterStore()
    _ = store.declare("before", rows: 3, columns: 3, group: "all", .normal(1))
    let weight = store.declare("weight", rows: 200, columns: 300, group: "all", .normal(1))
    try store.allocate(seed: 1)
    let own = UnsafeBufferPointer(start: store.values + weight.offset, count: weight.count)
    XCTAssertEqual(Array(own), try values(.normal(1)))
  }

  func testConstants() throws {
    XCTAssertTrue(try values(.zeros).allSatisfy { $0 == 0 })
    XCTAssertTrue(try values(.ones).allSatisfy { $0 == 1 })
    XCTAssertEqual(
      try values(.identityPair, rows: 2, columns: 4), [1, 0, 1, 0, 0, 1, 0, 1])
  }

  func testNormal() throws {
    try expectMoments(values(.normal(0.02)), deviation: 0.02, kurtosis: 3)
    let skipped = try values(.normalZeroFirst(0.5))
    XCTAssertTrue(skipped[..<300].allSatisfy { $0 == 0 })
    expectMoments(Array(skipped[300...]), deviation: 0.5, kurtosis: 3)
  }

  func testUniform() throws {
    let third = 3.0.squareRoot()
    let plain = try values(.uniform(0.7))
    XCTAssertTrue(plain.allSatisfy { abs($0) <= 0.7 })
    expectMoments(plain, deviation: 0.7 / third, kurtosis: 1.8)
    try expectMoments(
      values(.linear(fanIn: 300)), deviation: 1 / 300.0.squareRoot() / third, kurtosis: 1.8)
    let bound = (6.0 / 500).squareRoot()
    let xavier = try values(.xavierUniform)
    XCTAssertTrue(xavier.allSatisfy { abs(Double($0)) <= bound * (1 + 1e-6) })
    expectMoments(xavier, deviation: bound / third, kurtosis: 1.8)
  }

  /// Mean, standard deviation and shape within four standard errors, neighbours uncorrelated.
  private func expectMoments(
    _ values: [Float], deviation: Double, kurtosis: Double, line: UInt = #line
  ) {
    let n = Double(values.count)
    let z = values.map { Double($0) / deviation }
    let moment = { (order: Double) in z.reduce(0) { $0 + pow($1, order) } / n }
    let error = 4 / n.squareRoot()
    XCTAssertEqual(moment(1), 0, accuracy: error, "mean", line: line)
    XCTAssertEqual(moment(2), 1, accuracy: error * (kurtosis - 1).squareRoot(), line: line)
    XCTAssertEqual(moment(4), kurtosis, accuracy: error * 10, "fourth moment", line: line)
    for distance in [1, 300] {
      let product = zip(z, z.dropFirst(distance)).reduce(0) { $0 + $1.0 * $1.1 } / n
      XCTAssertEqual(product, 0, accuracy: error, "correlation at \(distance)", line: line)
    }
  }
}
