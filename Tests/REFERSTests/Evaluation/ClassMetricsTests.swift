import REFERS
import TestSupport
import XCTest

/// Figures of one class against scikit-learn.
final class ClassMetricsTests: XCTestCase {
  private let tolerance = 1e-9

  func testAreaPrecisionAndCalibration() throws {
    for item in try MetricsFixture.load().classes {
      let (scores, labels) = (item.scores, item.known)
      try expectNear(AreaUnderCurve.value(scores: scores, labels: labels), item.auc, item.name)
      try expectNear(
        AveragePrecision.value(scores: scores, labels: labels), item.averagePrecision, item.name)
      try expectNear(
        Calibration.brierScore(scores, labels: labels), item.brier, item.name)
      try expectNear(
        Calibration.expectedError(scores, labels: labels), item.calibrationError, item.name)
    }
  }

  func testCurve() throws {
    for item in try MetricsFixture.load().classes {
      let curve = try XCTUnwrap(ROCCurve(scores: item.scores, labels: item.known))
      let sensitivity = curve.points.map { curve.sensitivity($0) }
      let falsePositives = curve.points.map { 1 - curve.specificity($0) }
      XCTAssertLessThan(largestDifference(sensitivity, item.roc.sensitivity), tolerance)
      XCTAssertLessThan(largestDifference(falsePositives, item.roc.falsePositiveRate), tolerance)
      for (specificity, wanted) in item.sensitivityAt {
        let found = curve.sensitivity(atSpecificity: try XCTUnwrap(Double(specificity)))
        XCTAssertEqual(found, wanted, accuracy: tolerance, "\(item.name) at \(specificity)")
      }
    }
  }

  func testSensitivityTakesASpecificityThatIsJustReached() throws {
    // Nine of ten negatives left alone are a specificity of 0.9, though 1 − 0.9 is not 0.1.
    let scores: [Double] = [0.9, 0.8] + (0..<10).map { $0 == 0 ? 0.85 : 0.1 }
    let labels: [Float] = [1, 1] + [Float](repeating: 0, count: 10)
    let curve = try XCTUnwrap(ROCCurve(scores: scores, labels: labels))
    XCTAssertEqual(curve.sensitivity(atSpecificity: 0.9), 1)
    XCTAssertEqual(curve.sensitivity(atSpecificity: 0.91), 0.5)
  }

  func testThresholdsAndDecisions() throws {
    for item in try MetricsFixture.load().classes {
      for rule in ThresholdRule.allCases {
        let threshold = rule.threshold(scores: item.scores, labels: item.known)
        XCTAssertEqual(threshold, item.thresholds[rule.rawValue], "\(item.name), \(rule)")
      }
      let decisions = Decisions(
        scores: item.scores, labels: item.known,
        threshold: try XCTUnwrap(item.thresholds["f1"]))
      try expectNear(decisions.accuracy, item.accuracy, item.name)
      try expectNear(decisions.f1, item.f1, item.name)
    }
  }

  func testOfThresholdsThatAreAsGoodTheHighestIsTaken() {
    XCTAssertEqual(
      ThresholdRule.youden.threshold(scores: [0.9, 0.7, 0.5, 0.1], labels: [1, 0, 1, 0]), 0.9)
    // 2 / 3 at each of the two.
    XCTAssertEqual(
      ThresholdRule.f1.threshold(scores: [0.9, 0.7, 0.5, 0.1], labels: [1, 0, 0, 1]), 0.9)
  }

  func testABinHoldsItsUpperBorder() {
    let error = Calibration.expectedError([0.5, 0.75, 0], labels: [0, 1, 0], bins: 2)
    XCTAssertEqual(error, (0.5 + 0.25) / 3)
  }

  func testDecisionsByHand() {
    let decisions = Decisions(
      scores: [0.5, 0.4, 0.6, 0.1, 0.9], labels: [1, 1, 0, 0, .nan], threshold: 0.5)
    XCTAssertEqual(decisions.sensitivity, 0.5)
    XCTAssertEqual(decisions.specificity, 0.5)
    XCTAssertEqual(decisions.accuracy, 0.5)
    let empty = Decisions(scores: [0.1], labels: [0], threshold: 0.5)
    XCTAssertNil(empty.f1)
    XCTAssertNil(empty.sensitivity)
  }

  func testOneValueOrNoNumberHasNoFigure() {
    for (scores, labels) in [
      ([0.1, 0.9], [1, 1]), ([0.1, 0.9], [0, 0]), ([], []), ([0.1, 0.9], [.nan, 1]),
      ([0.1, .nan], [0, 1]),
    ] as [([Double], [Float])] {
      XCTAssertNil(AreaUnderCurve.value(scores: scores, labels: labels))
      XCTAssertNil(AveragePrecision.value(scores: scores, labels: labels))
      XCTAssertNil(ROCCurve(scores: scores, labels: labels)?.points)
      XCTAssertNil(ThresholdRule.f1.threshold(scores: scores, labels: labels))
      XCTAssertNil(DeLong.variance(scores: scores, labels: labels))
    }
    // A score that is no number does no harm where the label is not known.
    XCTAssertEqual(AreaUnderCurve.value(scores: [0.1, .nan, 0.9], labels: [0, .nan, 1]), 1)
  }

  func testTheAreaIsTheRankStatistic() {
    let scores: [Float] = [0.3, 0.3, 0.3, 0.7, 0.1, 0.7]
    let labels: [Float] = [1, 0, 1, 0, 0, 1]
    var won = 0.0
    for i in 0..<6 where labels[i] == 1 {
      for j in 0..<6 where labels[j] == 0 {
        won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
      }
    }
    XCTAssertEqual(AreaUnderCurve.value(scores: scores, labels: labels), won / 9)
  }

  func testMeanLeavesOutWhatIsMissing() {
    XCTAssertEqual(ClassMean([0.5, nil, 1]).value, 0.75)
    XCTAssertEqual(ClassMean([0.5, nil, 1]).leftOut, [1])
    XCTAssertNil(ClassMean([nil]).value)
  }
}

func expectNear(
  _ value: Double?, _ wanted: Double, _ name: String, file: StaticString = #filePath,
  line: UInt = #line
) throws {
  let value = try XCTUnwrap(value, name, file: file, line: line)
  XCTAssertEqual(value, wanted, accuracy: 1e-9, name, file: file, line: line)
}
