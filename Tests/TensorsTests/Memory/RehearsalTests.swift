import Determinism
import Tensors
import TestSupport
import XCTest

/// What a step needs is found out without computing it.
final class RehearsalTests: XCTestCase {
  func testItTakesWhatTheStepTakes() throws {
    let needs = try [0, 2, 4].map { recomputed in
      let earnest = try reserved(recomputed: recomputed) { $0 }
      let rehearsed = try reserved(recomputed: recomputed) { $0.rehearsal() }
      XCTAssertEqual(earnest, rehearsed, "\(recomputed) segments recomputed")
      return rehearsed
    }
    XCTAssertLessThan(needs[1], needs[0])
    XCTAssertLessThan(needs[2], needs[1])
  }

  func testHalfThePrecisionTakesLessMemory() throws {
    let whole = try reserved(recomputed: 0) { $0 }
    let earnest = try reserved(recomputed: 0, storage: .bfloat16) { $0 }
    XCTAssertEqual(earnest, try reserved(recomputed: 0, storage: .bfloat16) { $0.rehearsal() })
    XCTAssertLessThan(Double(earnest), 0.8 * Double(whole))
  }

  func testItComputesNothing() throws {
    let compute = try Compute().rehearsal()
    var ran = false
    compute.team.forEach(3) { _, _ in ran = true }
    compute.team.forEachRange(100, grain: 10) { _ in ran = true }
    XCTAssertFalse(ran)
  }

  /// The bytes that a chain of wide layers reserves.
  private func reserved(
    recomputed: Int, storage: StoragePrecision = .float32, on form: (Compute) -> Compute
  ) throws -> Int {
    let store = ParameterStore()
    let layers = (0..<4).map {
      Linear(
        "layer\($0)", inputs: 256, outputs: 256, group: "all", weight: .linear(fanIn: 256),
        in: store)
    }
    try store.allocate(seed: 1)
    let tree = try unwrapped(SumTree(leaves: 2))
    let arena = try GradientArena(parameters: store, tree: tree, shards: 0..<2)
    let compute = form(
      try Compute(threads: 2, workspace: Workspace(growth: 1 << 20)))
    let tape = Tape(
      compute: compute, parameters: store, gradients: arena, recomputedSegments: recomputed,
      storage: storage)
    arena.begin()
    var x = try tape.make(columns: 256, packing: packed([[700, 300], [1000]]))
    for layer in layers {
      x = try tape.segment(x) {
        try layer(layer($0, on: tape, activation: .gelu), on: tape, activation: .gelu)
      }
    }
    try tape.seed(x, gradient: [Float](repeating: 1, count: x.value.count))
    try tape.backward()
    return compute.workspace.reserved
  }
}
