import Determinism
import REFERS
import Tensors
import XCTest

final class RecallTableTests: XCTestCase {
  private func random(_ count: Int, seed: UInt64) -> [Float] {
    var random = CounterRandom(seed: seed)
    return (0..<count).map { _ in random.uniform(-1, 1) }
  }

  /// Against ranks counted plainly in double.
  func testRanksWithoutGroups() {
    let (count, width) = (57, 19)
    let (v, t) = (random(count * width, seed: 1), random(count * width, seed: 2))
    func cosine(_ a: [Float], _ i: Int, _ b: [Float], _ j: Int) -> Double {
      func product(_ a: [Float], _ i: Int, _ b: [Float], _ j: Int) -> Double {
        (0..<width).reduce(0) { $0 + Double(a[i * width + $1]) * Double(b[j * width + $1]) }
      }
      return product(a, i, b, j) / (product(a, i, a, i) * product(b, j, b, j)).squareRoot()
    }
    func shares(_ a: [Float], _ b: [Float]) -> [Double] {
      [1, 5, 10].map { depth in
        let found = (0..<count).count { i in
          let own = cosine(a, i, b, i)
          return (0..<count).count { cosine(a, i, b, $0) > own } < depth
        }
        return Double(found) / Double(count)
      }
    }
    let table = RecallTable(studies: v, reports: t, width: width, groups: Array(0..<count))
    XCTAssertEqual(table.studyToReport, shares(v, t))
    XCTAssertEqual(table.reportToStudy, shares(t, v))
    XCTAssertNotEqual(table.studyToReport, table.reportToStudy)
    XCTAssertEqual([table.studies, table.reports], [count, count])
    let threads = RecallTable(
      studies: v, reports: t, width: width, groups: Array(0..<count), team: ThreadTeam(count: 3))
    XCTAssertEqual(threads, table)
  }

  func testOwnFeaturesAreFound() {
    let v = random(40 * 8, seed: 3)
    let table = RecallTable(studies: v, reports: v.map { $0 * 3 }, width: 8, groups: Array(0..<40))
    XCTAssertEqual(table.studyToReport, [1, 1, 1])
    XCTAssertEqual(table.reportToStudy, [1, 1, 1])
  }

  /// Of twelve studies six have the same report: any of those serves, and they take one place.
  func testEqualReportsAreOne() {
    let report: [Float] = [1, 0]
    let other = (0..<6).map { i -> [Float] in [1, Float(i + 1)] }
    let text = (0..<6).flatMap { _ in report } + other.flatMap(\.self)
    let table = RecallTable(
      studies: text, reports: text, width: 2, groups: [Int](repeating: 9, count: 6) + Array(0..<6))
    XCTAssertEqual(table.studyToReport, [1, 1, 1])
    XCTAssertEqual([table.studies, table.reports], [12, 7])
  }

  /// Where all features are equal nobody has found anything among two or more.
  func testATieIsAMiss() {
    let same = [Float](repeating: 0.5, count: 6 * 4)
    let table = RecallTable(studies: same, reports: same, width: 4, groups: Array(0..<6))
    XCTAssertEqual(table.studyToReport, [0, 0, 1])
    let zeros = [Float](repeating: 0, count: 8)
    XCTAssertEqual(
      RecallTable(studies: zeros, reports: zeros, width: 4, groups: [0, 1]).studyToReport,
      [0, 1, 1])
    XCTAssertEqual(
      RecallTable(studies: [], reports: [], width: 4, groups: []).studyToReport, [0, 0, 0])
  }
}
