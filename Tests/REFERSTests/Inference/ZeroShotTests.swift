import Foundation
import REFERS
import XCTest

final class ZeroShotTests: XCTestCase {
  /// The softmax of two cosines over the temperature, worked by hand.
  func testScores() {
    let zeroShot = ZeroShot(
      classes: ["a", "b"], studies: [3, 0, 0, 2, 1, 1],
      sentences: [1, 0, 1, 1, 0, 5, -1, 0], width: 2, temperature: 0.5)
    let half = 0.5.squareRoot()
    // For each study the cosines with a, not a, b, not b.
    let cosines: [[Double]] = [[1, 0, half, -1], [0, 1, half, 0], [half, half, 1, -half]]
    // The sentences in the order of the features: a, b, then not a, not b.
    for (study, own) in cosines.enumerated() {
      for place in 0..<2 {
        let (yes, no) = (exp(own[2 * place] / 0.5), exp(own[2 * place + 1] / 0.5))
        let score = Double(zeroShot.scores[study * 2 + place])
        XCTAssertEqual(score, yes / (yes + no), accuracy: 1e-6)
      }
    }
    let areas = zeroShot.areas(labels: [1, 0, 0, 0, .nan, 0])
    XCTAssertEqual(areas[0], 1)
    XCTAssertNil(areas[1])
  }

  func testProbabilities() {
    let logits: [Float] = [0, 1000, -1000, 1, 2, 3]
    let sigmoid = LabelLoss(task: .multiLabel, classes: 3).probabilities(ofRows: logits)
    XCTAssertEqual(sigmoid[0...2], [0.5, 1, 0])
    XCTAssertEqual(sigmoid[3], 0.7310586, accuracy: 1e-7)
    let softmax = LabelLoss(task: .multiClass, classes: 3).probabilities(ofRows: logits)
    XCTAssertEqual(softmax[0...2], [0, 1, 0])
    for (value, wanted) in zip(softmax[3...], [0.09003057, 0.24472847, 0.66524096] as [Float]) {
      XCTAssertEqual(value, wanted, accuracy: 1e-7)
    }
    XCTAssertEqual(LabelLoss(task: .multiClass, classes: 3).probabilities(ofRows: []), [])
  }
}
