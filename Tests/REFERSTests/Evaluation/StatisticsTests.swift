import REFERS
import TestSupport
import XCTest

/// Tests and intervals against scipy, and against definitions computed slowly.
final class StatisticsTests: XCTestCase {
  func testIncompleteBeta() throws {
    for item in try MetricsFixture.load().incompleteBeta {
      let value = IncompleteBeta.regularized(item.a, item.b, x: item.x, rest: 1 - item.x)
      XCTAssertLessThan(relativeError(value, item.value), 1e-9, "\(item)")
    }
    XCTAssertEqual(IncompleteBeta.regularized(2, 3, x: 0, rest: 1), 0)
    XCTAssertEqual(IncompleteBeta.regularized(2, 3, x: 1, rest: 0), 1)
  }

  func testStudentsTests() throws {
    for item in try MetricsFixture.load().tTests {
      let independent = try XCTUnwrap(TTest.independent(item.first, item.second))
      XCTAssertLessThan(relativeError(independent.statistic, item.independent.statistic), 1e-9)
      XCTAssertLessThan(relativeError(independent.p, item.independent.p), 1e-9, "\(item.first)")
      XCTAssertEqual(
        try XCTUnwrap(Spread(item.first)?.deviation), item.deviation, accuracy: 1e-9)
      guard let wanted = item.paired else { continue }
      let paired = try XCTUnwrap(TTest.paired(item.first, item.second))
      XCTAssertLessThan(relativeError(paired.statistic, wanted.statistic), 1e-9)
      XCTAssertLessThan(relativeError(paired.p, wanted.p), 1e-9, "\(item.first)")
    }
  }

  func testThereIsNoTestWithoutDeviation() {
    XCTAssertNil(TTest.independent([0.9], [0.8, 0.7]))
    XCTAssertNil(TTest.independent([0.9, 0.9, 0.9], [0.8, 0.8, 0.8]))
    XCTAssertNil(TTest.paired([0.9, 0.8], [0.8, 0.7, 0.6]))
    XCTAssertNil(TTest.paired([0.9, 0.8, 0.7], [0.8, 0.7, 0.6]))
    XCTAssertNil(Spread([]))
    XCTAssertNil(Spread([1])?.deviation)
  }

  func testDeLong() throws {
    for item in try MetricsFixture.load().classes {
      let variance = DeLong.variance(scores: item.scores, labels: item.known)
      try expectNear(variance, item.variance, item.name)
      let comparison = try XCTUnwrap(
        DeLong.compare(item.scores, item.other, labels: item.known), item.name)
      XCTAssertLessThan(relativeError(comparison.z, item.z), 1e-9, item.name)
      XCTAssertLessThan(relativeError(comparison.p, item.p), 1e-9, item.name)
    }
  }

  func testDeLongOfTheSameAndOfTheSeparated() {
    let labels: [Float] = [0, 0, 1, 1, 1]
    let scores = [0.1, 0.6, 0.5, 0.7, 0.9]
    XCTAssertEqual(DeLong.compare(scores, scores, labels: labels)?.p, 1)
    let perfect = [0.1, 0.2, 0.7, 0.8, 0.9]
    XCTAssertEqual(DeLong.variance(scores: perfect, labels: labels), 0)
    let inverted = perfect.map { 1 - $0 }
    XCTAssertNil(DeLong.compare(perfect, inverted, labels: labels), "no variance, no test")
    XCTAssertNil(DeLong.compare([0.1, 0.2, 0.3], [0.3, 0.2, 0.1], labels: [0, 0, 1]))
  }

  func testBootstrap() throws {
    let fixture = try MetricsFixture.load()
    let bootstrap = Bootstrap(
      seed: fixture.bootstrap.seed, samples: fixture.bootstrap.samples)
    for item in fixture.classes {
      let ranking = try XCTUnwrap(ScoreRanking(scores: item.scores, labels: item.known))
      let weights = (0..<bootstrap.samples).map {
        bootstrap.weights(of: $0, count: item.scores.count)
      }
      let area = bootstrap.interval(
        weights.map { AreaUnderCurve.value(of: ranking, weights: $0) })
      try expectInterval(area, item.aucInterval, item.name)
      let precision = bootstrap.interval(
        weights.map { AveragePrecision.value(of: ranking, weights: $0) })
      try expectInterval(precision, item.averagePrecisionInterval, item.name)
    }
    XCTAssertNil(bootstrap.interval([nil, nil]))
  }

  func testABootstrapSampleDrawsAsManyImages() {
    let weights = Bootstrap(seed: 3).weights(of: 5, count: 1000)
    XCTAssertEqual(weights.reduce(0, +), 1000)
    XCTAssertEqual(Double(weights.count { $0 == 0 }), 368, accuracy: 50)
    XCTAssertNotEqual(weights, Bootstrap(seed: 3).weights(of: 6, count: 1000))
  }

  private func expectInterval(
    _ interval: Bootstrap.Interval?, _ wanted: MetricsFixture.Interval, _ name: String
  ) throws {
    let interval = try XCTUnwrap(interval, name)
    XCTAssertEqual(interval.low, wanted.low, accuracy: 1e-9, name)
    XCTAssertEqual(interval.high, wanted.high, accuracy: 1e-9, name)
    XCTAssertEqual(interval.samples, wanted.samples, name)
  }
}
