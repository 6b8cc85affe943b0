import Determinism
import Tensors
import TestSupport
import XCTest

final class GradientArenaTests: XCTestCase {
  /// Shards are added in pairs, then pairs of pairs; what a shard gives is never left out.
  func testTree() throws {
    let shapes = [(1, 1), (1, 1000), (7, 3), (300, 900)]
    let store = ParameterStore()
    for (rows, columns) in shapes {
      _ = store.declare(
        "\(rows)x\(columns)", rows: rows, columns: columns, group: "all", .zeros)
    }
    try store.allocate(seed: 1)
    // Values of many sizes, so that any other order of adding gives other bits; the first of every
    // parameter is -0 in each shard, the second +0 in one.
    func value(_ shard: Int, _ index: Int) -> Float {
      switch index {
      case 0: return -0.0
      case 1: return shard == 5 ? 0 : -0.0
      default:
        var random = CounterRandom(seed: UInt64(shard), UInt64(index))
        return random.uniform(-1, 1) * Float(1 << random.integer(below: 20))
      }
    }
    func expected(_ shards: Range<Int>, _ index: Int) -> Float {
      guard shards.count > 1 else { return value(shards.lowerBound, index) }
      let middle = (shards.lowerBound + shards.upperBound) / 2
      return expected(shards.lowerBound..<middle, index)
        + expected(middle..<shards.upperBound, index)
    }
    withEvery("spread", Spread.all, "threads", 1...3) { spread, threads in
      let compute = try Compute(threads: threads)
      let sums = try spread.gradients(store) { range, arena in
        for parameter in store.all {
          let contribution = GradientContribution { shard, tile, target, overwrite in
            XCTAssertTrue(overwrite)
            var place = 0
            for row in tile.rows {
              for column in tile.columns {
                target[place] = value(range.lowerBound + shard, row * parameter.columns + column)
                place += 1
              }
            }
          }
          try arena.reduce(parameter, [contribution], compute: compute)
        }
      }
      for parameter in store.all {
        let wrong = (0..<parameter.count).first {
          sums[parameter.offset + $0].bitPattern != expected(0..<8, $0).bitPattern
        }
        expect(wrong == nil, "element \(wrong ?? 0) of \(parameter)")
        expectEqual(sums[parameter.offset].bitPattern, Float(-0.0).bitPattern)
      }
      expectEqual(sums[store.all[1].offset + 1].bitPattern, Float(0).bitPattern)
    }
  }

  /// Several uses are added within a shard before shards are added to each other.
  func testUses() throws {
    let store = ParameterStore()
    let parameter = store.declare("p", rows: 1, columns: 3, group: "all", .zeros)
    try store.allocate(seed: 1)
    let values: [[Float]] = [[0x1p24, 1], [-0x1p24, 1]]
    let sums = try Spread(counts: [2]).gradients(store) { _, arena in
      let uses = values[0].indices.map { use in
        GradientContribution { shard, tile, target, overwrite in
          for i in 0..<tile.columns.count {
            target[i] = (overwrite ? 0 : target[i]) + values[shard][use]
          }
        }
      }
      try arena.reduce(parameter, uses, compute: Compute())
    }
    // (2²⁴ + 1) + (-2²⁴ + 1): the first 1 is rounded away, the second is not.
    XCTAssertEqual(Array(sums[..<3]), [1, 1, 1])
  }

  func testUnusedParametersAndBranches() throws {
    let packing = packed([[2, 3], [], [1], [4]])
    let trial = try Trial(8)
    let weight = trial.parameter(6, 4)
    let other = trial.parameter(6, 4)
    let unused = trial.parameter(33, 21)
    let outcome = try trial.run([(4, packing)]) { tape, x in
      // Two branches that nothing comes back through.
      _ = try tape.linear(x[0], weight: weight, bias: nil)
      _ = try tape.linear(x[0], weight: other, bias: nil)
      return [try tape.linear(x[0], weight: weight, bias: nil)]
    }
    let alone = try Trial(8)
    _ = (alone.parameter(6, 4), alone.parameter(6, 4), alone.parameter(33, 21))
    let expected = try alone.run([(4, packing)]) { tape, x in
      [try tape.linear(x[0], weight: weight, bias: nil)]
    }
    XCTAssertEqual(outcome.gradient(weight), expected.gradient(weight))
    XCTAssertTrue(outcome.gradient(weight).allSatisfy { $0 != 0 })
    XCTAssertTrue(outcome.gradient(other).allSatisfy { $0 == 0 })
    XCTAssertTrue(outcome.gradient(unused).allSatisfy { $0 == 0 })
    XCTAssertEqual(outcome.inputGradients, expected.inputGradients)
  }

  /// A second step leaves nothing of the first, even where it uses less.
  func testSecondStep() throws {
    let packing = packed([[2], [3]])
    let trial = try Trial(8)
    let (first, second) = (trial.parameter(6, 4), trial.parameter(6, 4))
    try trial.store.allocate(seed: 2)
    let tree = try unwrapped(SumTree(leaves: 2))
    let arena = try GradientArena(parameters: trial.store, tree: tree, shards: 0..<2)
    func step(_ used: [Parameter]) throws -> [Float] {
      arena.begin()
      let tape = Tape(compute: trial.compute, parameters: trial.store, gradients: arena)
      for parameter in used {
        let x = try tape.input(columns: 4, packing: packing) { $0.update(repeating: 1, count: 20) }
        let y = try tape.linear(x, weight: parameter, bias: nil)
        try tape.seed(y, gradient: Array(repeating: 1, count: y.value.count))
      }
      try tape.backward()
      return Array(UnsafeBufferPointer(start: arena.partials[0], count: arena.count))
    }
    let both = try step([first, second])
    XCTAssertTrue(both[first.offset..<first.offset + 24].allSatisfy { $0 == 5 })
    XCTAssertTrue(both[second.offset..<second.offset + 24].allSatisfy { $0 == 5 })
    let one = try step([first])
    XCTAssertTrue(one[first.offset..<first.offset + 24].allSatisfy { $0 == 5 })
    XCTAssertTrue(one[second.offset..<second.offset + 24].allSatisfy { $0 == 0 })
    XCTAssertEqual(try step([first, second]), both)
  }
}
