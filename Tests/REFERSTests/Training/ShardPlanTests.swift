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
}
