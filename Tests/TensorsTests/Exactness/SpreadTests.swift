import Determinism
import Tensors
import TestSupport
import XCTest

/// The same step gives the same bits however its shards are spread, and on any number of threads.
final class SpreadTests: XCTestCase {
  func testSmallModel() throws {
    for library in MatrixLibrary.installed {
      try assertSmallModelKnowsNoSpread(StepForm(library: library))
    }
  }

  /// What is rounded is rounded alike, whatever is computed twice, in parts or elsewhere.
  func testSmallModelInLessPrecision() throws {
    let form = StepForm(storage: .bfloat16, precision: .bfloat16)
    let rounded = try assertSmallModelKnowsNoSpread(form)
    let stored = try assertSmallModelKnowsNoSpread(StepForm(storage: .bfloat16))
    let exact = try assertSmallModelKnowsNoSpread(StepForm())
    XCTAssertTrue(rounded.allSatisfy { BFloat16($0).float == $0 })
    for (values, error) in [(rounded, 1.5e-2), (stored, 1.5e-2)] {
      XCTAssertNotEqual(bits(values), bits(exact))
      XCTAssertLessThan(relativeError(values, exact), error)
    }
  }

  /// How a step computes, besides where.
  private struct StepForm {
    var library = MatrixLibrary.auto
    var storage = StoragePrecision.float32
    var precision = StoragePrecision.float32
  }

  /// - Returns: the gradients.
  @discardableResult
  private func assertSmallModelKnowsNoSpread(_ form: StepForm) throws -> [Float] {
    let store = ParameterStore()
    let model = SmallModel(in: store)
    let unused = store.declare("unused", rows: 30, columns: 5, group: "all", .ones)
    try store.allocate(seed: 3)
    let shards = studies(counts: [2, 1, 0, 3, 1, 1, 4, 1])

    func step(
      _ spread: Spread, threads: Int, passShards: Int? = nil, recomputed: Int = 0
    ) throws -> (gradients: [Float], losses: [Double]) {
      var losses: [Double] = []
      let gradients = try spread.gradients(
        store, passShards: passShards, precision: form.precision
      ) { range, arena in
        let compute = try Compute(
          threads: threads, blas: form.library.open(), workspace: Workspace(growth: 2 << 20))
        let tape = Tape(
          compute: compute, parameters: store, gradients: arena, recomputedSegments: recomputed,
          storage: form.storage)
        let loss = try model.record(Array(shards[range]), on: tape)
        try tape.backward()
        losses += loss.shardSums
      }
      return (gradients, losses)
    }
    let expected = try step(Spread.all[0], threads: 1)
    for declaration in store.declarations {
      let parameter = declaration.parameter
      let own = expected.gradients[parameter.offset..<parameter.offset + parameter.count]
      let name = declaration.slices[0].name
      XCTAssertTrue(own.allSatisfy(\.isFinite), name)
      XCTAssertEqual(own.contains { $0 != 0 }, parameter.index != unused.index, name)
    }
    withEvery("spread", Spread.all, "threads", 1...3) { spread, threads in
      let result = try step(spread, threads: threads)
      expectSameBits(result.gradients, expected.gradients)
      expectEqual(result.losses.map(\.bitPattern), expected.losses.map(\.bitPattern))
    }
    withEvery("spread", Spread.all, "shards of a pass", [1, 2, 4]) { spread, passShards in
      let result = try step(
        spread, threads: 2, passShards: passShards, recomputed: passShards == 2 ? 3 : 0)
      expectSameBits(result.gradients, expected.gradients)
      expectEqual(result.losses.map(\.bitPattern), expected.losses.map(\.bitPattern))
    }
    withEvery("recomputed segments", 1...4) { recomputed in
      let result = try step(Spread.all[2], threads: 2, recomputed: recomputed)
      expectSameBits(result.gradients, expected.gradients)
    }
    return expected.gradients
  }

  /// Wide products of more rows than BLAS takes at a time: whoever added one shard's product onto
  /// another's would see other bits.
  func testWideProducts() throws {
    let width = 768
    let rows = [500, 0, 390, 1, 1100, 33, 128, 400]
    let store = ParameterStore()
    let linear = Linear(
      "wide", inputs: width, outputs: width, group: "all", weight: .linear(fanIn: width),
      in: store)
    try store.allocate(seed: 4)

    func step(
      _ shards: [[Int]], first: Int, threads: Int, _ arena: GradientArena
    ) throws {
      let packing = packed(shards, firstKey: UInt64(first))
      let compute = try Compute(threads: threads)
      let tape = Tape(compute: compute, parameters: store, gradients: arena)
      let x = try tape.make(columns: width, packing: packing)
      let start = rows[..<first].reduce(0, +) * width
      let count = packing.rows * width
      x.value.pointer.update(from: noise(1, start, count), count: count)
      try tape.seed(linear(x, on: tape), gradient: noise(2, start, count))
      try tape.backward()
    }
    func gradients(_ spread: Spread, threads: Int) throws -> [Float] {
      try spread.gradients(store) { range, arena in
        try step(rows[range].map { [$0] }, first: range.lowerBound, threads: threads, arena)
      }
    }
    let expected = try gradients(Spread.all[0], threads: 1)
    withEvery("spread, threads", [(1, 1), (2, 2), (3, 3), (0, 2), (0, 3)]) { index, threads in
      expectSameBits(try gradients(Spread.all[index], threads: threads), expected)
    }

    // All rows in one shard are another sum: the comparison can tell.
    let whole = try Spread(counts: [1]).gradients(store) { _, arena in
      try step([rows], first: 0, threads: 1, arena)
    }
    XCTAssertNotEqual(bits(whole), bits(expected))
    XCTAssertLessThan(relativeError(whole, expected), 1e-5)
  }

  /// Signed zeros and products that vanish in single precision.
  func testSignedZeros() throws {
    let width = 20
    let rows = [3, 1, 0, 2, 1, 4, 1, 1]
    let choices: [Float] = [0, -0.0, 1e-30, -1e-30, -0.0]
    let store = ParameterStore()
    let weight = store.declare("w", rows: 70, columns: width, group: "all", .uniform(1e-30))
    let bias = store.declare("b", rows: 1, columns: 70, group: "all", .zeros)
    let norm = LayerNorm("n", width: width, epsilon: 1e-5, group: "all", in: store)
    try store.allocate(seed: 4)
    func chosen(_ seed: UInt64, _ start: Int, _ count: Int) -> [Float] {
      (start..<start + count).map {
        var random = CounterRandom(seed: seed, UInt64($0))
        return choices[random.integer(below: choices.count)]
      }
    }
    func gradients(_ spread: Spread, threads: Int) throws -> [Float] {
      try spread.gradients(store) { range, arena in
        let packing = packed(rows[range].map { [$0] })
        let tape = Tape(
          compute: try Compute(threads: threads), parameters: store, gradients: arena)
        let x = try tape.make(columns: width, packing: packing)
        let start = rows[..<range.lowerBound].reduce(0, +)
        x.value.pointer.update(
          from: chosen(1, start * width, x.value.count), count: x.value.count)
        let y = try tape.linear(norm(x, on: tape), weight: weight, bias: bias)
        try tape.seed(y, gradient: chosen(2, start * 70, y.value.count))
        try tape.backward()
      }
    }
    let expected = try gradients(Spread.all[0], threads: 1)
    withEvery("spread", Spread.all, "threads", 1...3) { spread, threads in
      expectSameBits(try gradients(spread, threads: threads), expected)
    }
  }

  private func expectSameBits(_ values: [Float], _ expected: [Float]) {
    let differing = zip(values, expected).filter { $0.bitPattern != $1.bitPattern }.count
    expect(
      values.count == expected.count && differing == 0,
      "\(differing) of \(expected.count) values differ")
  }

  private func studies(counts: [Int]) -> [[SmallStudy]] {
    var index = 0
    return counts.map { count in
      (0..<count).map { _ in
        defer { index += 1 }
        var random = CounterRandom(seed: 12, UInt64(index))
        let length = 1 + random.integer(below: 30)
        return SmallStudy(
          key: random.next(),
          tokens: (0..<length).map { _ in Int32(random.integer(below: SmallModel.vocabulary)) },
          images: 1 + index % 3)
      }
    }
  }

  /// Values by their place in the step.
  private func noise(_ seed: UInt64, _ start: Int, _ count: Int) -> [Float] {
    (start..<start + count).map {
      Float(CounterRandom.mix(seed << 40 | UInt64($0)) >> 40) * 0x1p-23 - 1
    }
  }
}
