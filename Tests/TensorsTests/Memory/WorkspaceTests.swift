import Determinism
import Diagnostics
import Tensors
import TestSupport
import XCTest

final class WorkspaceTests: XCTestCase {
  func testAccounting() throws {
    let workspace = Workspace(growth: 1 << 20)
    XCTAssertEqual([workspace.used, workspace.peak, workspace.reserved], [0, 0, 0])
    var first: Buffer? = try workspace.allocate(1)
    XCTAssertEqual(workspace.used, 256)
    XCTAssertEqual(workspace.reserved, 2 << 20, "a region is a whole number of 2 MiB pages")
    var second: Buffer? = try workspace.allocate(65)
    XCTAssertEqual(workspace.used, 256 + 512)
    XCTAssertEqual(second?.count, 65)
    first = nil
    XCTAssertEqual(workspace.used, 512)
    XCTAssertEqual(workspace.peak, 768)
    second = nil
    XCTAssertEqual([workspace.used, workspace.peak], [0, 768])
    XCTAssertNil(first)
    XCTAssertNil(second)
    let nothing = try workspace.allocate(0)
    XCTAssertEqual(nothing.count, 0)
  }

  /// Whatever the order in which neighbours come back, they make one block again.
  func testMerging() throws {
    let workspace = Workspace(growth: 2 << 20)
    let quarter = 1 << 17
    var orders: [[Int]] = [[]]
    for i in 0..<4 {
      orders = orders.flatMap { o in (0...i).map { Array(o[..<$0]) + [i] + Array(o[$0...]) } }
    }
    XCTAssertEqual(Set(orders).count, 24)
    for order in orders {
      var blocks: [Buffer?] = try (0..<4).map { _ in try workspace.allocate(quarter) }
      for index in order { blocks[index] = nil }
      var whole: Buffer? = try workspace.allocate(4 * quarter)
      XCTAssertEqual(workspace.reserved, 2 << 20, "returned in order \(order)")
      XCTAssertNotNil(whole)
      whole = nil
      XCTAssertTrue(blocks.allSatisfy { $0 == nil })
    }
    XCTAssertEqual(workspace.used, 0)
  }

  /// Blocks never overlap, keep what is written into them, and are aligned.
  func testBlocksAreApart() throws {
    let workspace = Workspace(growth: 1 << 20)
    var random = CounterRandom(seed: 3)
    var held: [(block: Buffer, mark: Float)] = []
    for turn in 0..<3000 {
      if held.count > 40 || (!held.isEmpty && random.chance(0.45)) {
        let (block, mark) = held.remove(at: random.integer(below: held.count))
        let values = UnsafeBufferPointer(start: block.pointer, count: block.count)
        XCTAssertTrue(values.allSatisfy { $0 == mark }, "turn \(turn)")
      } else {
        let block = try workspace.allocate(random.integer(below: 30_000))
        XCTAssertEqual(Int(bitPattern: block.pointer) % 256, 0)
        block.pointer.update(repeating: Float(turn), count: block.count)
        held.append((block, Float(turn)))
      }
    }
    held = []
    XCTAssertEqual(workspace.used, 0)
    XCTAssertGreaterThan(workspace.peak, 0)
    XCTAssertLessThanOrEqual(workspace.peak, workspace.reserved)
  }

  /// The second of two equal steps takes nothing new.
  func testStepsReuseMemory() throws {
    let store = ParameterStore()
    let model = SmallModel(in: store)
    try store.allocate(seed: 3)
    let tree = try unwrapped(SumTree(leaves: 2))
    let arena = try GradientArena(parameters: store, tree: tree, shards: 0..<2)
    let workspace = Workspace(growth: 1 << 18)
    let compute = try Compute(threads: 2, workspace: workspace)
    let tokens: [Int32] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    let shards = (0..<2).map { shard in
      (0..<4).map { SmallStudy(key: UInt64(shard * 4 + $0), tokens: tokens, images: 2) }
    }
    func step() throws {
      arena.begin()
      let tape = Tape(compute: compute, parameters: store, gradients: arena)
      _ = try model.record(shards, on: tape)
      try tape.backward()
    }
    try step()
    let (kept, reserved) = (workspace.used, workspace.reserved)
    XCTAssertGreaterThan(workspace.peak, 10 * kept)
    // Scratch grew in the course of the first step; the second has it from its start.
    try step()
    let peak = workspace.peak
    XCTAssertEqual(workspace.reserved, reserved)
    for _ in 0..<3 {
      try step()
      XCTAssertEqual(workspace.used, kept, "a step keeps memory")
      XCTAssertEqual(workspace.peak, peak)
      XCTAssertEqual(workspace.reserved, reserved)
    }
  }

  func testNoSuchMemory() {
    let workspace = Workspace()
    XCTAssertThrowsError(try workspace.allocate(1 << 58)) {
      XCTAssertEqual(($0 as? Failure)?.code, .memory)
    }
    XCTAssertEqual([workspace.used, workspace.peak, workspace.reserved], [0, 0, 0])
    XCTAssertNoThrow(try workspace.allocate(1))
  }

  func testRegion() throws {
    let region = try MemoryRegion(byteCount: 5)
    XCTAssertEqual(region.byteCount, 2 << 20)
    XCTAssertEqual(Int(bitPattern: region.base) % (2 << 20), 0)
    XCTAssertTrue((0..<region.byteCount / 4).allSatisfy { region.floats[$0] == 0 })
  }
}
