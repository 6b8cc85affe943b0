import Foundation
import REFERS
import XCTest

final class ScheduleTests: XCTestCase {
  /// The public code's form at update t: t / W, then cos² (π p / 2).
  private func code(_ t: Int) -> Double {
    let (warmup, steps) = (10_000.0, 300_000.0)
    guard Double(t) >= warmup else { return Double(t) / warmup }
    return pow(cos(.pi / 2 * (Double(t) - warmup) / (steps - warmup)), 2)
  }

  func testTheFormOfTheCode() {
    for (t, factor) in [(0, 0.0), (5_000, 0.5), (10_000, 1), (155_000, 0.5), (300_000, 0)] {
      XCTAssertEqual(code(t), factor, accuracy: 1e-12)
    }
  }

  func testOursIsOneUpdateAheadInWarmUpAndTheSameAfterIt() {
    let ours = WarmupCosine(warmup: 10_000, steps: 300_000)
    XCTAssertEqual(ours.factor(at: 0), 1 / 10_000.0)
    XCTAssertEqual(ours.factor(at: 5_000), 5_001 / 10_000.0)
    XCTAssertEqual(ours.factor(at: 10_000), 1)
    XCTAssertEqual(ours.factor(at: 155_000), 0.5, accuracy: 1e-12)
    XCTAssertEqual(ours.factor(at: 300_000), 0, accuracy: 1e-12)
    for t in stride(from: 0, to: 10_000, by: 37) {
      XCTAssertEqual(ours.factor(at: t), code(t + 1), accuracy: 1e-12)
    }
    for t in stride(from: 10_000, through: 300_000, by: 977) {
      XCTAssertEqual(ours.factor(at: t), code(t), accuracy: 1e-12)
    }
  }

  func testAgainstPyTorch() throws {
    for schedule in try OptimizerFixture.load("schedules", as: [OptimizerFixture.Schedule].self) {
      let ours = WarmupCosine(warmup: schedule.warmupSteps, steps: schedule.steps)
      for (step, factor) in zip(schedule.at, schedule.factor) {
        XCTAssertEqual(ours.factor(at: step), factor, accuracy: 1e-14)
      }
    }
  }

  func testEdges() {
    XCTAssertEqual(WarmupCosine(warmup: 0, steps: 10).factor(at: 0), 1)
    XCTAssertEqual(WarmupCosine(warmup: 5, steps: 5).factor(at: 4), 1)
    XCTAssertEqual(WarmupCosine(warmup: 20, steps: 10).factor(at: 9), 0.5)
  }
}
