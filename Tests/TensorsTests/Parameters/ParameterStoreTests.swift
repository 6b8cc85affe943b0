import Diagnostics
import Tensors
import TestSupport
import XCTest

final class ParameterStoreTests: XCTestCase {
  func testLayout() throws {
    let store = ParameterStore()
    let shapes = [(3, 5), (1, 16), (1, 1), (40, 33)]
    let parameters = shapes.enumerated().map { index, shape in
      store.declare("p\(index)", rows: shape.0, columns: shape.1, group: "g\(index)", .ones)
    }
    XCTAssertEqual(store.parameterCount, 15 + 16 + 1 + 1320)
    XCTAssertEqual(store.all.map(\.index), [0, 1, 2, 3])
    XCTAssertEqual(store.declarations.map(\.group), ["g0", "g1", "g2", "g3"])
    try store.allocate(seed: 1)
    XCTAssertEqual(Int(bitPattern: store.values) % 64, 0)
    var owned = Set<Int>()
    for parameter in parameters {
      XCTAssertEqual(parameter.offset % 16, 0)
      for i in parameter.offset..<parameter.offset + parameter.count {
        XCTAssertTrue(owned.insert(i).inserted, "parameters overlap")
      }
    }
    XCTAssertLessThanOrEqual(owned.max() ?? 0, store.count)
    for i in 0..<store.count { XCTAssertEqual(store.values[i], owned.contains(i) ? 1 : 0) }
  }

  /// Several maps as one: what is saved are bands of it, initialised as if each stood alone.
  func testJoinedMaps() throws {
    let joint = ParameterStore()
    let linear = Linear(
      joined: ["q", "k"], inputs: 7, outputs: 5, group: "all", weight: .normal(1),
      bias: .uniform(1), in: joint)
    XCTAssertEqual([linear.weight.rows, linear.weight.columns], [10, 7])
    XCTAssertEqual([linear.bias.rows, linear.bias.columns], [1, 10])
    XCTAssertEqual(joint.slices.map(\.name), ["q.weight", "k.weight", "q.bias", "k.bias"])
    XCTAssertEqual(joint.slices.map(\.shape), [[5, 7], [5, 7], [5], [5]])
    XCTAssertEqual(joint.declarations.map(\.decays), [true, false])
    let apart = ParameterStore()
    for name in ["q", "k"] {
      _ = Linear(
        name, inputs: 7, outputs: 5, group: "all", weight: .normal(1), bias: .uniform(1),
        in: apart)
    }
    try joint.allocate(seed: 6)
    try apart.allocate(seed: 6)
    for slice in joint.slices {
      let other = try unwrapped(apart.slices.first { $0.name == slice.name })
      XCTAssertEqual(other.shape, slice.shape)
      for i in 0..<slice.count {
        XCTAssertEqual(joint.values[slice.offset + i], apart.values[other.offset + i], slice.name)
      }
    }
  }
}
