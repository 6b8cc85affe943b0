import Tensors

extension KernelBenchmark {
  /// What passes over memory with little to compute; bytes that must move at least.
  func passes() throws -> [BenchmarkRow] {
    let width = configuration.model.radiograph.width
    let store = ParameterStore()
    let norm = LayerNorm("norm", width: width, epsilon: 1e-6, group: "", in: store)
    let bytes = Double(radiographs.rows * width * 4)
    let shape = "\(radiographs.rows) x \(width)"
    let norms = try there(
      andBack: "LayerNorm", shape: shape, store, columns: width, radiographs,
      amounts: (2 * bytes, 3 * bytes), unit: .bytes
    ) { x, tape in try norm(x, on: tape) }

    let residuals = try there(
      andBack: "residual sum, dropout", shape: shape, store, columns: width, radiographs,
      amounts: (3 * bytes, 2 * bytes), unit: .bytes
    ) { x, tape in
      let f = try tape.make(columns: width, packing: radiographs)
      return try tape.residual(x, f, dropout: Dropout(rate: 0.1, site: "benchmark"))
    }
    return try norms + residuals + losses()
  }

  /// The cross-entropy of a report; the logits are written over in place.
  private func losses() throws -> [BenchmarkRow] {
    let words = configuration.text.vocabularySize
    let store = ParameterStore()
    try store.allocate(seed: 1)
    let arena = try arena(of: store)
    let targets = [Int32](repeating: 1, count: report.rows)
    var times: (there: [Double], back: [Double]) = ([], [])
    for _ in 0..<15 {
      let tape = Tape(compute: compute, parameters: store, gradients: arena)
      arena.begin()
      let logits = try tape.make(columns: words, packing: report)
      logits.value.pointer.update(repeating: 0.1, count: logits.value.count)
      times.there.append(
        try Stopwatch.seconds { _ = try tape.crossEntropy(logits, targets: targets) })
      times.back.append(try Stopwatch.seconds { try tape.backward() })
    }
    let bytes = Double(report.rows * words * 4)
    return rows(
      "cross-entropy", shape: "\(report.rows) x \(words)", times, amounts: (2 * bytes, 2 * bytes),
      unit: .bytes)
  }

  /// What follows the way back, over ten million values.
  func updates() throws -> [BenchmarkRow] {
    let count = 10_000_000
    let store = ParameterStore()
    _ = store.declare(
      "all", rows: count / 1000, columns: 1000, group: ParameterGroup.radiograph.rawValue, .ones)
    try store.allocate(seed: 1)
    let region = try MemoryRegion(byteCount: count * 4)
    let gradients = region.floats
    let optimizer = try makeOptimizer(configuration.optimizer, for: store)
    let norm = Stopwatch.median {
      _ = GradientNorm.global(gradients, count: count, team: compute.team)
    }
    let update = Stopwatch.median {
      optimizer.update(gradients: gradients, scale: 1, rate: { _ in 1e-4 }, team: compute.team)
    }
    // Gradient, weights and each state are read, all but the gradient written.
    let passes = 3 + 2 * optimizer.states.count
    return [
      BenchmarkRow(
        "norm of the gradient", shape: "\(count)", seconds: norm, amount: Double(4 * count),
        unit: .bytes, best: peak.bytes),
      BenchmarkRow(
        "update, \(configuration.optimizer.name.rawValue)", shape: "\(count)", seconds: update,
        amount: Double(4 * count * passes), unit: .bytes, best: peak.bytes),
    ]
  }
}
