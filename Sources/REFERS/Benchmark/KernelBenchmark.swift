import Determinism
import Diagnostics
import Tensors

/// The kernels of a step by themselves, at the sizes of a configuration and of a shard with two
/// radiographs.
struct KernelBenchmark {
  private let configuration: Configuration
  private let compute: Compute
  private let peak: MachinePeak
  private let radiographs: Packing
  private let report: Packing

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

  /// A product of row-major matrices as a step makes it: rows of the factors and of the result lie
  /// as far apart as those of the whole matrices.
  private struct Product {
    let name: String
    let transposeA, transposeB: Bool
    let m, n, k: Int
    let strideA, strideB, strideC: Int
  }

  /// The products of a block's layers, cut as a step cuts them.
  private func shapes() -> [Product] {
    let options = configuration.model.radiograph
    let (width, mlp) = (options.width, options.mlp)
    func forward(_ name: String, inputs: Int, outputs: Int) -> Product {
      let (rows, columns) = Tape.tiles(radiographs, columns: outputs)[0]
      return Product(
        name: "x Wᵀ, \(name)", transposeA: false, transposeB: true, m: rows.count,
        n: columns.count, k: inputs, strideA: inputs, strideB: inputs, strideC: outputs)
    }
    func backward(_ name: String, inputs: Int, outputs: Int) -> Product {
      let (rows, columns) = Tape.tiles(radiographs, columns: inputs)[0]
      return Product(
        name: "dy W, \(name)", transposeA: false, transposeB: false, m: rows.count,
        n: columns.count, k: outputs, strideA: outputs, strideB: inputs, strideC: inputs)
    }
    func gradient(_ name: String, inputs: Int, outputs: Int) -> Product {
      let band = GradientArena.bands(rows: outputs)[0]
      return Product(
        name: "dyᵀ x, \(name)", transposeA: true, transposeB: false, m: band.count, n: inputs,
        k: radiographs.rows, strideA: outputs, strideB: inputs, strideC: inputs)
    }
    return [
      forward("projections", inputs: width, outputs: 3 * width),
      forward("expanding", inputs: width, outputs: mlp),
      forward("contracting", inputs: mlp, outputs: width),
      backward("expanding", inputs: width, outputs: mlp),
      backward("contracting", inputs: mlp, outputs: width),
      gradient("expanding", inputs: width, outputs: mlp),
      gradient("contracting", inputs: mlp, outputs: width),
    ]
  }

  /// One thread each as in a step.
  private func products() throws -> [BenchmarkRow] {
    try shapes().map { product in
      let (m, n, k) = (product.m, product.n, product.k)
      let count = compute.team.count
      let buffers = try (0..<count).map { _ in
        try [
          (product.transposeA ? k : m) * product.strideA,
          (product.transposeB ? n : k) * product.strideB, m * product.strideC,
        ].map { try filled(compute.workspace.allocate($0)) }
      }
      let seconds = Stopwatch.median {
        compute.team.forEach(count, of: "product") { task, _ in
          let (a, b, c) = (buffers[task][0], buffers[task][1], buffers[task][2])
          compute.blas.multiply(
            transposeA: product.transposeA, transposeB: product.transposeB, m: m, n: n, k: k,
            alpha: 1, a: a.pointer, strideA: product.strideA, b: b.pointer,
            strideB: product.strideB, beta: 0, c: c.pointer, strideC: product.strideC)
        }
      }
      return BenchmarkRow(
        "product \(product.name)", shape: "\(m) x \(n) x \(k)", seconds: seconds,
        amount: Double(2 * m * n * k * count), unit: .operations, best: peak.operations)
    }
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
    let places = [
      ("attention of radiographs", radiographs, vision.width, vision.heads, nil),
      (
        "attention of a report", report, text.width, text.heads,
        Dropout(rate: 0.1, site: "benchmark")
      ),
    ]
    return try places.flatMap { name, packing, width, heads, dropout in
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
          options: AttentionOptions(heads: heads, width: width, dropout: dropout))
      }
    }
  }

  /// What passes over memory with little to compute; bytes that must move at least.
  private func passes() throws -> [BenchmarkRow] {
    let width = configuration.model.radiograph.width
    let store = ParameterStore()
    let norm = LayerNorm("norm", width: width, epsilon: 1e-6, group: "", in: store)
    let bytes = Double(radiographs.rows * width * 4)
    let shape = "\(radiographs.rows) x \(width)"
    let norms = try there(
      andBack: "LayerNorm", shape: shape, store, columns: width, radiographs,
      amounts: (2 * bytes, 3 * bytes), unit: .bytes
    ) { x, tape in try norm(x, on: tape) }

    let words = configuration.text.vocabularySize
    let logits = Double(report.rows * words * 4)
    let losses = try Stopwatch.median {
      let tape = Tape(compute: compute, parameters: ParameterStore())
      _ = try tape.crossEntropy(
        random(columns: words, report, on: tape),
        targets: Array(repeating: 1, count: report.rows))
    }
    return norms + [
      BenchmarkRow(
        "cross-entropy", shape: "\(report.rows) x \(words)", seconds: losses, amount: 2 * logits,
        unit: .bytes, best: peak.bytes)
    ]
  }

  /// What follows the way back, over ten million values.
  private func updates() throws -> [BenchmarkRow] {
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

  /// Two rows: an operation forward, and back.
  private func there(
    andBack name: String, shape: String, _ store: ParameterStore, columns: Int, _ packing: Packing,
    amounts: (Double, Double), unit: BenchmarkRow.Unit,
    _ operation: (Variable, Tape) throws -> Variable
  ) throws -> [BenchmarkRow] {
    try store.allocate(seed: 1)
    guard let tree = SumTree(leaves: 1) else {
      throw Failure(.configuration, "There is no tree of one leaf.")
    }
    let arena = try GradientArena(parameters: store, tree: tree, shards: 0..<1)
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
    let (there, back) = (Stopwatch.median(of: times.there), Stopwatch.median(of: times.back))
    let best = unit == .operations ? peak.operations : peak.bytes
    return [
      BenchmarkRow(
        "\(name), forward", shape: shape, seconds: there, amount: amounts.0, unit: unit, best: best),
      BenchmarkRow(
        "\(name), back", shape: shape, seconds: back, amount: amounts.1, unit: unit, best: best),
    ]
  }

  private func random(columns: Int, _ packing: Packing, on tape: Tape) throws -> Variable {
    let x = try tape.make(columns: columns, packing: packing)
    x.value.pointer.update(repeating: 0.1, count: x.value.count)
    return x
  }

  private func filled(_ buffer: Buffer) -> Buffer {
    var random = CounterRandom(seed: 1)
    for index in 0..<buffer.count { buffer.pointer[index] = random.uniform(-0.1, 0.1) }
    return buffer
  }
}
