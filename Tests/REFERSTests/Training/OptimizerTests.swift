import Determinism
import REFERS
import Tensors
import TestSupport
import XCTest

final class OptimizerTests: XCTestCase {
  func testAgainstPyTorch() throws {
    for name in ["sgd", "sgd-lookahead", "adamw", "adamw-lookahead"] {
      let fixture = try OptimizerFixture.load("optimizer-\(name)", as: OptimizerFixture.self)
      let store = ParameterStore()
      let parameters = fixture.parameters.map {
        store.declare(
          $0.name, rows: 1, columns: $0.initial.count, group: $0.group, decays: $0.decay, .zeros)
      }
      try store.allocate(seed: 1)
      for (parameter, described) in zip(parameters, fixture.parameters) {
        write(described.initial, to: store.values, at: parameter)
      }
      let optimizer = try optimizer(fixture.optimizer, store)
      let schedule = WarmupCosine(
        warmup: fixture.optimizer.warmupSteps, steps: fixture.training.steps)
      let arena = UnsafeMutablePointer<Float>.allocate(capacity: store.count)
      arena.initialize(repeating: 0, count: store.count)
      defer { arena.deallocate() }
      let team = ThreadTeam(count: 2)
      for (t, step) in fixture.steps.enumerated() {
        for (parameter, gradient) in zip(parameters, step.gradients) {
          write(gradient, to: arena, at: parameter)
        }
        let norm = GradientNorm.global(arena, count: store.count, team: team)
        XCTAssertLessThan(relativeError(norm, step.norm), 1e-6, "\(name), step \(t)")
        optimizer.update(
          gradients: arena,
          scale: GradientNorm.clippingScale(norm: norm, limit: fixture.optimizer.clipNorm),
          rate: {
            Float(schedule.factor(at: t) * (fixture.optimizer.learningRate[$0.rawValue] ?? .nan))
          }, team: team)
        for (parameter, wanted) in zip(parameters, step.parameters) {
          let own = (0..<parameter.count).map { store.values[parameter.offset + $0] }
          XCTAssertLessThan(relativeError(own, wanted), 2e-6, "\(name), step \(t)")
        }
      }
    }
  }

  /// g = 1 and a rate of 1/2, by hand; every number is exact.
  func testSGDAndLookaheadByHand() throws {
    // m: 1, 1.5, 1.75, 1.875; p falls by m / 2.
    try assertCourse(
      [0.5, -0.25, -1.125, -2.0625],
      of: {
        try SGD(parameters: $0, momentum: 0.5, weightDecay: 0)
      })
    // g: 1 + p/2, so 1.5, then m = 0.75 + 1.125, then 0.9375 + 0.65625.
    try assertCourse(
      [0.25, -0.6875, -1.484375],
      of: {
        try SGD(parameters: $0, momentum: 0.5, weightDecay: 0.5)
      })
    // After two updates 1 + (-0.25 - 1) / 4; the momentum of 1.5 lives on.
    try assertCourse(
      [0.5, 0.6875, -0.1875, 0.234375],
      of: {
        try Lookahead(
          SGD(parameters: $0, momentum: 0.5, weightDecay: 0), parameters: $0, period: 2, alpha: 0.25
        )
      })
  }

  /// A run may end between two synchronisations.
  func testLookaheadEndsEarly() throws {
    let store = try store([(1, true)])
    store.values[0] = 1
    let optimizer = try Lookahead(
      SGD(parameters: store, momentum: 0, weightDecay: 0), parameters: store, period: 5,
      alpha: 0.5)
    let team = ThreadTeam(count: 1)
    update(optimizer, store, team)
    XCTAssertEqual(optimizer.age, 1)
    optimizer.synchronize(team: team)
    XCTAssertEqual(store.values[0], 0.75)
    optimizer.synchronize(team: team)
    XCTAssertEqual(store.values[0], 0.75)
    XCTAssertEqual(optimizer.age, 0)
  }

  /// Parameters of more than one piece: the same bits with any number of threads, zeros in the gaps.
  func testThreadsDoNotMatter() throws {
    for name in ["sgd", "adamw"] {
      var results: [[UInt32]] = []
      for threads in [1, 3] {
        let store = try store([(70_001, true), (17, false), (200_003, true)])
        fill(store.values, count: store.count, within: store, seed: 1)
        let inner: any Optimizer =
          name == "sgd"
          ? try SGD(parameters: store, momentum: 0.9, weightDecay: 0.1)
          : try AdamW(
            parameters: store, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1)
        let optimizer = try Lookahead(inner, parameters: store, period: 2, alpha: 0.5)
        let arena = UnsafeMutablePointer<Float>.allocate(capacity: store.count)
        arena.initialize(repeating: 0, count: store.count)
        defer { arena.deallocate() }
        let team = ThreadTeam(count: threads)
        var norms: [UInt32] = []
        for step in 0..<5 {
          fill(arena, count: store.count, within: store, seed: UInt64(2 + step))
          let norm = GradientNorm.global(arena, count: store.count, team: team)
          norms.append(Float(norm).bitPattern)
          optimizer.update(
            gradients: arena, scale: GradientNorm.clippingScale(norm: norm, limit: 1),
            rate: { _ in 0.1 }, team: team)
        }
        for at in gaps(of: store) { XCTAssertEqual(store.values[at], 0) }
        results.append(norms + (0..<store.count).map { store.values[$0].bitPattern })
      }
      XCTAssertEqual(results[0], results[1], name)
    }
  }

  func testTheNormIsThatOfAllParts() throws {
    let count = 3 * (1 << 14) + 5
    let arena = UnsafeMutablePointer<Float>.allocate(capacity: count)
    arena.initialize(repeating: 0, count: count)
    defer { arena.deallocate() }
    var random = CounterRandom(seed: 6)
    for at in 0..<count { arena[at] = random.uniform(-3, 3) }
    let exact = (0..<count).reduce(0.0) { $0 + Double(arena[$1]) * Double(arena[$1]) }.squareRoot()
    let norm = GradientNorm.global(arena, count: count, team: ThreadTeam(count: 2))
    XCTAssertLessThan(relativeError(norm, exact), 1e-12)
    XCTAssertEqual(GradientNorm.clippingScale(norm: 20, limit: 10), 0.5)
    XCTAssertEqual(GradientNorm.clippingScale(norm: 10, limit: 10), 1)
    XCTAssertEqual(GradientNorm.clippingScale(norm: 20, limit: 0), 1)
  }

  private func assertCourse(
    _ wanted: [Float], of make: (ParameterStore) throws -> any Optimizer, line: UInt = #line
  ) throws {
    // The second parameter has gradient 0 and does not decay.
    let store = try store([(1, true), (1, false)])
    store.values[0] = 1
    store.values[16] = 1
    let optimizer = try make(store)
    let team = ThreadTeam(count: 1)
    for value in wanted {
      update(optimizer, store, team)
      XCTAssertEqual(store.values[0], value, line: line)
      XCTAssertEqual(store.values[16], 1, line: line)
    }
  }

  private func update(
    _ optimizer: any Optimizer, _ store: ParameterStore, _ team: ThreadTeam
  ) {
    var gradients = Array(repeating: Float(0), count: store.count)
    gradients[0] = 1
    optimizer.update(gradients: gradients, scale: 1, rate: { _ in 0.5 }, team: team)
  }

  private func store(_ parameters: [(count: Int, decays: Bool)]) throws -> ParameterStore {
    let store = ParameterStore()
    for (number, parameter) in parameters.enumerated() {
      _ = store.declare(
        "p\(number)", rows: 1, columns: parameter.count, group: "fusion", decays: parameter.decays,
        .zeros)
    }
    try store.allocate(seed: 1)
    return store
  }

  private func gaps(of store: ParameterStore) -> Set<Int> {
    Set(0..<store.count).subtracting(store.all.flatMap { $0.offset..<$0.offset + $0.count })
  }

  private func fill(
    _ arena: UnsafeMutablePointer<Float>, count: Int, within store: ParameterStore, seed: UInt64
  ) {
    var random = CounterRandom(seed: seed)
    for parameter in store.all {
      for at in 0..<parameter.count { arena[parameter.offset + at] = random.uniform(-1, 1) }
    }
  }

  private func write(
    _ values: [Double], to arena: UnsafeMutablePointer<Float>, at parameter: Parameter
  ) {
    for (at, value) in values.enumerated() { arena[parameter.offset + at] = Float(value) }
  }

  private func optimizer(
    _ options: OptimizerFixture.Optimizer, _ store: ParameterStore
  ) throws -> any Optimizer {
    let inner: any Optimizer =
      options.name == "sgd"
      ? try SGD(
        parameters: store, momentum: XCTUnwrap(options.momentum), weightDecay: options.weightDecay)
      : try AdamW(
        parameters: store, beta1: XCTUnwrap(options.beta1), beta2: XCTUnwrap(options.beta2),
        epsilon: XCTUnwrap(options.epsilon), weightDecay: options.weightDecay)
    guard options.lookahead.enabled else { return inner }
    return try Lookahead(
      inner, parameters: store, period: options.lookahead.steps, alpha: options.lookahead.alpha)
  }
}
