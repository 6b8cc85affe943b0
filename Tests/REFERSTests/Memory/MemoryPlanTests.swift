import Determinism
import Diagnostics
import REFERS
import Tensors
import TestSupport
import XCTest

/// A step is cut so that it fits, and no smaller than that.
final class MemoryPlanTests: XCTestCase {
  func testWithRoomNothingIsCut() throws {
    let plan = try choose(limit: 64 << 30)
    XCTAssertEqual(plan.cut, StepCut())
    XCTAssertEqual(plan.passes, 1)
    XCTAssertEqual(plan.segments, 6 + 2 + 1)
    XCTAssertGreaterThan(plan.activations, 4 * plan.weights)
    XCTAssertEqual(plan.gradients, plan.weights)
    XCTAssertEqual(plan.optimizer, 2 * plan.weights)
  }

  /// The less there is, the more layers are computed twice, then the smaller the parts.
  func testWithLessRoomMoreIsComputedTwice() throws {
    let whole = try choose(limit: 64 << 30)
    var recomputed = 0
    var passes = 1
    for share in [0.95, 0.8, 0.7, 0.5, 0.35] {
      let limit = whole.needed - Int(Double(whole.activations) * (1 - share))
      let plan = try choose(limit: limit)
      XCTAssertLessThanOrEqual(plan.needed, limit, "\(share)")
      if plan.passes == passes {
        XCTAssertGreaterThanOrEqual(plan.cut.recomputedSegments, recomputed, "\(share)")
      }
      XCTAssertGreaterThanOrEqual(plan.passes, passes, "\(share)")
      (recomputed, passes) = (plan.cut.recomputedSegments, plan.passes)
    }
    XCTAssertGreaterThan(recomputed + passes, 1)
  }

  func testByHand() throws {
    let parts = try choose(limit: 64 << 30) { $0.parts = 4 }
    XCTAssertEqual(parts.passes, 4)
    XCTAssertEqual(parts.cut.shards, 2)
    // The node's own arena, and one for each level of parts below it.
    XCTAssertEqual(parts.gradients, 3 * parts.weights)
    let all = try choose(limit: 64 << 30) { $0.recompute = .all }
    let none = try choose(limit: 64 << 30) { $0.recompute = .none }
    XCTAssertLessThan(all.activations, none.activations / 2)
    let ranks = try choose(limit: 64 << 30, ranks: 4)
    XCTAssertLessThan(ranks.activations, none.activations / 2)
  }

  func testTooLittle() throws {
    XCTAssertThrowsError(try choose(limit: 1 << 20) { $0.limit = 1.0 / 1024 }) { error in
      XCTAssertEqual((error as? Failure)?.code, .memory)
      XCTAssertTrue("\(error)".contains("memory.limit"), "\(error)")
    }
    // What is left is for images, however little.
    let whole = try choose(limit: 64 << 30)
    XCTAssertEqual(whole.images, 1 << 30)
    XCTAssertEqual(try choose(limit: whole.needed + 12_345).images, 12_345)
    // A guess of the system's is not a reason to end.
    XCTAssertEqual(try choose(limit: 1 << 20).cut.recomputedSegments, 9)
  }

  func testTheTableNamesEveryPart() throws {
    let table = try choose(limit: 64 << 30) { $0.parts = 2 }.table.joined(separator: "\n")
    for word in ["weights", "gradients", "optimizer", "activations", "2 parts", "of 64.00 GiB"] {
      XCTAssertTrue(table.contains(word), table)
    }
  }

  private func choose(
    limit: Int, ranks: Int = 1, _ change: (inout Configuration.Memory) -> Void = { _ in }
  ) throws -> MemoryPlan {
    var configuration = Configuration.named(.tiny)
    change(&configuration.memory)
    let model = REFERSModel(configuration, vocabulary: 2_000)
    guard let tree = SumTree(leaves: 8) else { throw Failure(.shape, "no tree") }
    return try MemoryPlan.choose(
      model: model, compute: Compute(threads: 2),
      plan: ShardPlan(tree: tree, rank: 0, ranks: ranks), optimizerArenas: 2,
      mostImages: 1 << 30, limit: limit)
  }
}
