import Determinism
import REFERS
import TestSupport
import XCTest

final class ShardPlanTests: XCTestCase {
  func testEveryStudyIsTakenOnce() throws {
    let tree = try XCTUnwrap(SumTree(leaves: 8))
    let alone = ShardPlan(tree: tree, rank: 0, ranks: 1)
    withEvery("ranks", 1...8, "studies", 0...70) { ranks, count in
      var taken: [Int] = []
      var shards: [Range<Int>] = []
      for rank in 0..<ranks {
        let plan = ShardPlan(tree: tree, rank: rank, ranks: ranks)
        let own = plan.studies(ofRank: rank, count: count)
        taken += own
        let local = plan.localShards(count: count)
        expectEqual(local.count, plan.own.count)
        expectEqual(local.first?.lowerBound, 0)
        expectEqual(local.last?.upperBound, own.count)
        shards += local.map { $0.lowerBound + own.lowerBound..<$0.upperBound + own.lowerBound }
      }
      expectEqual(taken, Array(0..<count))
      // The shards themselves know nothing of ranks.
      expectEqual(shards, (0..<8).map { alone.studies(ofShard: $0, count: count) })
      let sizes = shards.map(\.count)
      expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "\(sizes)")
    }
  }

  func testStudiesAreDealtByCost() throws {
    let tree = try XCTUnwrap(SumTree(leaves: 8))
    let plan = ShardPlan(tree: tree, rank: 0, ranks: 1)
    // By hand: 3 to the first half, both 2 to the other, which is full then.
    XCTAssertEqual(
      plan.dealt([10, 11, 12, 13], costs: [2, 1, 2, 3]), [13, 11, 10, 12], "fewer than shards")
    let costs = [1, 3, 1, 2, 1, 2, 1, 1]
    let halves = ShardPlan(tree: try XCTUnwrap(SumTree(leaves: 2)), rank: 0, ranks: 1)
    XCTAssertEqual(halves.dealt(Array(0..<8), costs: costs), [1, 0, 2, 6, 3, 5, 4, 7])
    XCTAssertEqual(plan.dealt([5, 3, 9], costs: [2, 2, 2]), [5, 3, 9], "all alike: untouched")
    XCTAssertEqual(plan.dealt([], costs: []), [])
    // As in MIMIC: the busiest of two or four ranks has little more than its share.
    var worst = [2: 0.0, 4: 0.0]
    for step in 0..<200 {
      let costs = StudyMix.mimic.step(step, count: 32, seed: 3).radiographs.map { min(3, $0) }
      let order = plan.dealt(Array(0..<32), costs: costs)
      XCTAssertEqual(order.sorted(), Array(0..<32))
      for ranks in [2, 4] {
        let loads = (0..<ranks).map { rank in
          order[plan.with(ranks: ranks).studies(ofRank: rank, count: 32)].reduce(0) {
            $0 + costs[$1]
          }
        }
        let share = Double(costs.reduce(0, +)) / Double(ranks)
        worst[ranks] = max(worst[ranks] ?? 0, Double(loads.max() ?? 0) / share)
      }
    }
    XCTAssertLessThan(worst[2] ?? 9, 1.03)
    XCTAssertLessThan(worst[4] ?? 9, 1.12)
  }
}

extension ShardPlan {
  fileprivate func with(ranks: Int) -> ShardPlan {
    ShardPlan(tree: tree, rank: 0, ranks: ranks)
  }
}
