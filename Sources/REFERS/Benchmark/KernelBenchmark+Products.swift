import Tensors

extension KernelBenchmark {
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
  func products() throws -> [BenchmarkRow] {
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
}
