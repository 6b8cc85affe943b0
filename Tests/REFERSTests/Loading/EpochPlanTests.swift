import REFERS
import XCTest

final class EpochPlanTests: XCTestCase {
  func testEveryStudyOnceAnEpoch() {
    for count in [0, 1, 7, 8, 9, 64] {
      for batch in [1, 4, 8, 100] {
        let studies = (0..<count).map { $0 * 3 + 1 }
        let plan = EpochPlan(seed: 1, studies: studies, batch: batch, shuffled: true)
        for epoch in 0..<3 {
          let steps = plan.steps(ofEpoch: epoch)
          XCTAssertEqual(steps.count, plan.stepsPerEpoch)
          XCTAssertEqual(steps.flatMap { $0 }.sorted(), studies)
          XCTAssertTrue(steps.dropLast().allSatisfy { $0.count == batch })
          XCTAssertTrue(steps.allSatisfy { !$0.isEmpty && $0.count <= batch })
        }
      }
    }
  }

  func testOrderFollowsSeedAndEpochAlone() {
    let studies = Array(0..<50)
    func order(_ seed: UInt64, _ epoch: Int, batch: Int = 8) -> [Int] {
      EpochPlan(seed: seed, studies: studies, batch: batch, shuffled: true).order(ofEpoch: epoch)
    }
    XCTAssertEqual(order(1, 4), order(1, 4, batch: 3))
    XCTAssertNotEqual(order(1, 4), order(1, 5))
    XCTAssertNotEqual(order(1, 4), order(2, 4))
    XCTAssertNotEqual(order(1, 0), studies)
    let fixed = EpochPlan(seed: 1, studies: studies, batch: 8, shuffled: false)
    XCTAssertEqual(fixed.order(ofEpoch: 3), studies)
  }
}
