import REFERS
import XCTest

final class StudyMixTests: XCTestCase {
  func testTheMixOfMIMIC() {
    let count = 20_000
    let step = StudyMix.mimic.step(1, count: count, seed: 7)
    XCTAssertEqual(step.count, count)
    for (radiographs, share) in [(1, 0.46), (2, 0.44), (3, 0.08), (4, 0.02)] {
      let found = Double(step.radiographs.count { $0 == radiographs }) / Double(count)
      XCTAssertEqual(found, share, accuracy: 4 * (share / Double(count)).squareRoot())
    }
    XCTAssertEqual(Set(step.radiographs), [1, 2, 3, 4])
    XCTAssertEqual(step.tokens.min(), 30)
    XCTAssertEqual(step.tokens.max(), 100)
    let mean = Double(step.tokens.reduce(0, +)) / Double(count)
    XCTAssertEqual(mean, 65, accuracy: 4 * 20.5 / Double(count).squareRoot())
  }

  func testSeedAndNumberDecide() {
    let step = StudyMix.mimic.step(3, count: 8, seed: 1)
    XCTAssertEqual(step, StudyMix.mimic.step(3, count: 8, seed: 1))
    XCTAssertNotEqual(step, StudyMix.mimic.step(4, count: 8, seed: 1))
    XCTAssertNotEqual(step, StudyMix.mimic.step(3, count: 8, seed: 2))
    // A longer step begins alike.
    let longer = StudyMix.mimic.step(3, count: 9, seed: 1)
    XCTAssertEqual(Array(longer.radiographs[..<8]), step.radiographs)
    // What scripts/bench has measured was of these very studies.
    XCTAssertEqual(
      StudyMix.mimic.step(1, count: 4, seed: 1),
      StepWorkload(radiographs: [1, 2, 2, 2], tokens: [99, 36, 93, 96]))
  }

  func testEqualStudies() {
    let step = StudyMix.equal.step(1, count: 5, seed: 1)
    XCTAssertEqual(step.radiographs, [3, 3, 3, 3, 3])
    XCTAssertEqual(step.tokens, [65, 65, 65, 65, 65])
  }

  func testNames() {
    for name in ["mimic", "equal", "2x100", "4x3"] {
      XCTAssertEqual(StudyMix(rawValue: name)?.rawValue, name)
    }
    XCTAssertEqual(StudyMix(rawValue: "3x65"), .equal)
    XCTAssertEqual(
      StudyMix(rawValue: "2x100")?.step(1, count: 2, seed: 1),
      StepWorkload(radiographs: [2, 2], tokens: [100, 100]))
    for name in ["", "both", "2", "0x65", "5x65", "2x2", "2x", "1x2x3", "-1x65"] {
      XCTAssertNil(StudyMix(rawValue: name), name)
    }
  }
}
