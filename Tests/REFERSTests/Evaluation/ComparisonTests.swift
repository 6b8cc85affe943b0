import REFERS
import XCTest

final class ComparisonTests: XCTestCase {
  private let labels: [Float] = [0, 1, 0, 1, 1, 0, 1, 0]
  private let good = [0.1, 0.6, 0.5, 0.7, 0.9, 0.2, 0.4, 0.3]
  private let poor = [0.4, 0.6, 0.7, 0.5, 0.9, 0.8, 0.1, 0.3]

  func testOneRunOfEachIsComparedByDeLong() throws {
    let first = try predictions(["a"], [good], [labels])
    let second = try predictions(["a"], [poor], [labels])
    let comparison = try Comparison([first], against: [second])
    let wanted = try XCTUnwrap(DeLong.compare(good, poor, labels: labels))
    XCTAssertEqual(comparison.classes[0].deLong, wanted)
    XCTAssertEqual(comparison.mean?.deLong, wanted)
    XCTAssertNil(comparison.mean?.tTest)
    let interval = try XCTUnwrap(comparison.mean?.interval)
    XCTAssertTrue(interval.low <= wanted.difference && wanted.difference <= interval.high)
    XCTAssertEqual(
      try Comparison([first], against: [first]).mean?.interval?.high, 0, "the same samples")
  }

  func testSeveralRunsAreComparedByStudentsTest() throws {
    func runs(_ noise: [Double], _ scores: [Double]) throws -> [Predictions] {
      try noise.map { shift in
        var scores = scores
        scores[1] = shift
        return try predictions(["a", "b"], [scores, scores], [labels, labels])
      }
    }
    let first = try runs([0.6, 0.35, 0.95], good)
    let second = try runs([0.6, 0.1, 0.45], poor)
    let row = try XCTUnwrap(Comparison(first, against: second).mean)
    func areas(_ runs: [Predictions]) -> [Double] {
      runs.compactMap { ClassMean($0.classAreas()).value }
    }
    XCTAssertEqual(row.tTest, TTest.independent(areas(first), areas(second)))
    XCTAssertEqual(row.pairedTTest, TTest.paired(areas(first), areas(second)))
    XCTAssertNotNil(row.tTest)
    XCTAssertNil(row.deLong)
    XCTAssertNil(row.interval)
  }

  func testUnequalFilesAreRefused() throws {
    let own = try predictions(["a"], [good], [labels])
    func expectRefused(_ other: Predictions, _ word: String) {
      expectFailure(word) { try Comparison([own], against: [other]) }
    }
    expectRefused(
      try predictions(["b"], [good], [labels]), "other classes than those of prediction file 2")
    expectRefused(
      try predictions(["a"], [good + [0.5]], [labels + [1]]),
      "predictions for 8 images, but prediction file 2 has 9")
    var changed = labels
    changed[4] = .nan
    expectRefused(
      try predictions(["a"], [good], [changed]), "Image 5 has another label")
    let renamed = try Predictions(
      task: .multiLabel, classes: ["a"], images: own.images.reversed(), probabilities: good,
      labels: labels)
    expectRefused(renamed, "Image 1 is another one")
    expectFailure("nothing to compare") { try Comparison([own], against: []) }
  }

  /// Repeats are of one test part too: a mean over others would say nothing.
  func testUnequalRepeatsAreRefused() throws {
    let own = try predictions(["a"], [good], [labels])
    let other = try predictions(["a"], [good + [0.5]], [labels + [1]])
    XCTAssertNotNil(
      try EvaluatedRuns([
        NamedPredictions(name: "one", predictions: own),
        NamedPredictions(name: "two", predictions: own),
      ]).repeats)
    expectFailure("predictions for 8 images, but two has 9") {
      try EvaluatedRuns([
        NamedPredictions(name: "one", predictions: own),
        NamedPredictions(name: "two", predictions: other),
      ])
    }
  }

  func testUnknownLabelsAreEqual() throws {
    var labels = labels
    labels[2] = .nan
    let first = try predictions(["a"], [good], [labels])
    let second = try predictions(["a"], [poor], [labels])
    XCTAssertNotNil(try Comparison([first], against: [second]).mean?.deLong)
  }
}
