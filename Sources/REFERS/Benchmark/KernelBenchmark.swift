import Determinism
import Diagnostics
import Tensors

/// The kernels of a step by themselves, at the sizes of a configuration and of a shard with two
/// radiographs.
struct KernelBenchmark {
  let configuration: Configuration
  let compute: Compute
  let peak: MachinePeak
  let radiographs: Packing
  let report: Packing

  init(_ configuration: Configuration, compute: Compute, peak: MachinePeak) {
    self.configuration = configuration
    self.compute = compute
    self.peak = peak
    let side = configuration.image.crop / configuration.model.radiograph.patch
    radiographs = Packing(
      lengths: [1 + side * side, 1 + side * side], keys: [1, 2], shards: [0..<2])
    report = Packing(lengths: [65], keys: [3], shards: [0..<1])
  }

  func rows() throws -> [BenchmarkRow] {
    try products() + layers() + attentions() + passes() + updates()
  }

  /// A layer with all that is fused behind its product, and its way back.
  private func layers() throws -> [BenchmarkRow] {
    let options = configuration.model.radiograph
    let store = ParameterStore()
    let layer = Linear(
      "layer", inputs: options.width, outputs: options.mlp, group: "", weight: .normal(0.02),
      in: store)
    let amount = Double(2 * radiographs.rows * options.width * options.mlp)
    return try there(
      andBack: "layer, GELU, dropout", shape: "\(radiographs.rows) x \(options.width)", store,
      columns: options.width, radiographs, amounts: (amount, 2 * amount), unit: .operations
    ) { x, tape in
      try layer(
        x, on: tape, activation: .gelu, dropout: Dropout(rate: 0.1, site: "benchmark"))
    }
  }

  private func attentions() throws -> [BenchmarkRow] {
    let vision = configuration.model.radiograph
    let text = configuration.model.textEncoder
    let decoder = configuration.model.decoder
    let dropout = Dropout(rate: 0.1, site: "benchmark")
    let places = [
      ("attention of radiographs", radiographs, vision.width, vision.heads, false, nil),
      ("attention of a report", report, text.width, text.heads, false, dropout),
      ("causal attention of a report", report, decoder.width, decoder.heads, true, dropout),
    ]
    return try places.flatMap { name, packing, width, heads, causal, dropout in
      let squares = packing.lengths.reduce(0) { $0 + $1 * $1 }
      let amount = Double(4 * squares * width)
      // The way back computes the probabilities once more.
      return try there(
        andBack: name, shape: "\(packing.sequences) x \(packing.lengths[0]) x \(width)",
        ParameterStore(), columns: 3 * width, packing, amounts: (amount, 2.5 * amount),
        unit: .operations
      ) { x, tape in
        try tape.attention(
          query: Columns(x), key: Columns(x, from: width), value: Columns(x, from: 2 * width),
          options: AttentionOptions(
            heads: heads, width: width, causal: causal, dropout: dropout))
      }
    }
  }

  /// Two rows: an operation forward, and back.
  func there(
    andBack name: String, shape: String, _ store: ParameterStore, columns: Int, _ packing: Packing,
    amounts: (Double, Double), unit: BenchmarkRow.Unit,
    _ operation: (Variable, Tape) throws -> Variable
  ) throws -> [BenchmarkRow] {
    try store.allocate(seed: 1)
    let arena = try arena(of: store)
    var times: (there: [Double], back: [Double]) = ([], [])
    let input = try filled(compute.workspace.allocate(packing.rows * columns))
    var gradient: [Float] = []
    for _ in 0..<15 {
      let tape = Tape(compute: compute, parameters: store, gradients: arena)
      arena.begin()
      let x = try tape.make(columns: columns, packing: packing)
      x.value.pointer.update(from: input.pointer, count: x.value.count)
      var made: Variable?
      times.there.append(try Stopwatch.seconds { made = try operation(x, tape) })
      guard let y = made else { continue }
      if gradient.count != y.value.count {
        gradient = Array(repeating: 0.01, count: y.value.count)
      }
      try tape.seed(y, gradient: gradient)
      times.back.append(try Stopwatch.seconds { try tape.backward() })
    }
    return rows(name, shape: shape, times, amounts: amounts, unit: unit)
  }

  /// Two rows of the medians of times.
  func rows(
    _ name: String, shape: String, _ times: (there: [Double], back: [Double]),
    amounts: (Double, Double), unit: BenchmarkRow.Unit
  ) -> [BenchmarkRow] {
    let best = unit == .operations ? peak.operations : peak.bytes
    return [("forward", times.there, amounts.0), ("back", times.back, amounts.1)].map {
      BenchmarkRow(
        "\(name), \($0.0)", shape: shape, seconds: Stopwatch.median(of: $0.1), amount: $0.2,
        unit: unit, best: best)
    }
  }

  func arena(of store: ParameterStore) throws -> GradientArena {
    guard let tree = SumTree(leaves: 1) else {
      throw Failure(.configuration, "There is no tree of one leaf.")
    }
    return try GradientArena(parameters: store, tree: tree, shards: 0..<1)
  }

  func filled(_ buffer: Buffer) -> Buffer {
    var random = CounterRandom(seed: 1)
    for index in 0..<buffer.count { buffer.pointer[index] = random.uniform(-0.1, 0.1) }
    return buffer
  }
}
