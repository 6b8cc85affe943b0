import REFERS
import XCTest

final class LabelDrawTests: XCTestCase {
  private let training = Array(stride(from: 3, to: 3003, by: 3))

  private func subset(_ ratio: Double, seed: UInt64 = 7, draw: Int = 1) -> [Int] {
    LabelDraw.subset(of: training, ratio: ratio, seed: seed, draw: draw)
  }

  func testSizeAndOrder() {
    for (ratio, count) in [(0.01, 10), (0.1, 100), (0.0149, 15), (0.5, 500), (1, 1000), (1e-9, 1)] {
      let subset = subset(ratio)
      XCTAssertEqual(subset.count, count)
      XCTAssertEqual(subset, Set(subset).sorted(), "ascending, each once")
      XCTAssertTrue(Set(subset).isSubset(of: training))
    }
    XCTAssertEqual(LabelDraw.subset(of: [], ratio: 0.5, seed: 1, draw: 1), [])
  }

  func testDependsOnSeedAndDrawAlone() {
    XCTAssertEqual(
      subset(0.1), LabelDraw.subset(of: training.reversed(), ratio: 0.1, seed: 7, draw: 1))
    XCTAssertNotEqual(subset(0.1), subset(0.1, draw: 2))
    XCTAssertNotEqual(subset(0.1), subset(0.1, seed: 8))
    XCTAssertTrue(Set(subset(0.01)).isSubset(of: subset(0.1)), "smaller shares are parts of larger")
  }

  /// Over many draws every image comes as often as any other.
  func testIsFair() {
    var counts: [Int: Int] = [:]
    for draw in 1...400 { for image in subset(0.1, draw: draw) { counts[image, default: 0] += 1 } }
    let mean = 40.0
    let square = training.reduce(0.0) {
      $0 + (Double(counts[$1] ?? 0) - mean) * (Double(counts[$1] ?? 0) - mean)
    }
    XCTAssertEqual(square / 1000, 36, accuracy: 6, "the variance of a binomial")
  }
}
