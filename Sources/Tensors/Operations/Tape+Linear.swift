/// What follows a linear map.
public enum Activation: String, Sendable, Codable, CaseIterable {
  case none
  /// x Φ(x), the exact form.
  case gelu
  /// max(x, 0).
  case relu
  case tanh
  case sigmoid

  /// The value and the derivative at `x`.
  @inline(__always)
  func callAsFunction(_ x: Vector) -> (value: Vector, derivative: Vector) {
    let zero = Vector(repeating: 0)
    switch self {
    case .none: return (x, Vector(repeating: 1))
    case .gelu:
      let (cumulative, density) = VectorMath.normal(x)
      return (x * cumulative, cumulative + x * density)
    case .relu:
      // What is not a number is not below zero, and stays visible.
      return (
        VectorMath.select(x .<= zero, zero, x),
        VectorMath.select(x .> zero, Vector(repeating: 1), zero)
      )
    case .tanh:
      let y = VectorMath.tanh(x)
      return (y, 1 - y * y)
    case .sigmoid:
      let y = VectorMath.sigmoid(x)
      return (y, y * (1 - y))
    }
  }
}

extension Tape {
  /// `dropout(activation(x Wᵀ + b))`, one fused pass behind the matrix product.
  ///
  /// `x` is [rows, in], `W` [out, in], `b` [out]; the result is [rows, out]. With an activation or
  /// dropout the derivative, of both together, is kept instead of the pre-activation.
  ///
  /// - Parameter band: the rows of `W` (and entries of `b`) to use; all by default.
  /// - Complexity: 2 · rows · in · out operations forward, twice that backward.
  public func linear(
    _ x: Variable, weight: Parameter, bias: Parameter?, band: Range<Int>? = nil,
    activation: Activation = .none, dropout: Dropout? = nil
  ) throws -> Variable {
    let band = band ?? 0..<weight.rows
    let inputs = weight.columns
    let outputs = band.count
    precondition(x.value.columns == inputs, "linear: width of input")
    let packing = x.packing
    let dropout = dropsUnits ? dropout : nil
    let y = try make(columns: outputs, packing: packing)
    let keepsDerivative = isRecording && (activation != .none || dropout != nil)
    let derivative =
      keepsDerivative ? try keep(packing.rows * outputs) : nil

    let tiles = Tape.tiles(packing, columns: outputs)
    let w = values(weight) + band.lowerBound * inputs
    let b = bias.map { values($0) + band.lowerBound }
    let blas = blas
    team.forEach(tiles.count) { task, _ in
      let (rows, columns) = tiles[task]
      blas.multiply(
        transposeA: false, transposeB: true, m: rows.count, n: columns.count, k: inputs, alpha: 1,
        a: x.value.row(rows.lowerBound), strideA: inputs, b: w + columns.lowerBound * inputs,
        strideB: inputs, beta: 0, c: y.value.row(rows.lowerBound) + columns.lowerBound,
        strideC: outputs)
      if b == nil && activation == .none && dropout == nil { return }
      var sequence = packing.sequence(ofRow: rows.lowerBound)
      for row in rows {
        while row >= packing.offsets[sequence + 1] { sequence += 1 }
        let at = row * outputs + columns.lowerBound
        let target = y.value.pointer + at
        let mask = dropout?.row(
          sequence: packing.keys[sequence], row: row - packing.offsets[sequence])
        Tape.finish(
          target, derivative.map { $0.pointer + at }, bias: b.map { $0 + columns.lowerBound },
          count: columns.count, firstColumn: columns.lowerBound, activation: activation, mask: mask)
      }
    }

    use(weight, bias)
    record(y) { [self] gradient in
      let dy = Matrix(gradient.pointer, rows: packing.rows, columns: outputs)
      if let derivative {
        team.forEachRange(dy.count, grain: 1 << 15) { range in
          Elementwise.multiply(
            derivative.pointer + range.lowerBound, into: dy.pointer + range.lowerBound,
            count: range.count)
        }
      }
      if x.needsGradient {
        let (dx, accumulate) = try x.gradientTarget(compute.workspace)
        let tiles = Tape.tiles(packing, columns: inputs)
        team.forEach(tiles.count) { task, _ in
          let (rows, columns) = tiles[task]
          blas.multiply(
            transposeA: false, transposeB: false, m: rows.count, n: columns.count, k: outputs,
            alpha: 1, a: dy.row(rows.lowerBound), strideA: outputs, b: w + columns.lowerBound,
            strideB: inputs, beta: accumulate ? 1 : 0,
            c: dx.row(rows.lowerBound) + columns.lowerBound, strideC: inputs)
        }
      }
      try contribute(
        weight,
        GradientContribution { shard, tile, target, overwrite in
          // `gradient` and `x` live as long as this closure: the sum may be taken later.
          let dy = gradient.pointer
          let rows = packing.rows(ofShard: shard)
          let own = tile.rows.clamped(to: band)
          if overwrite && own.count < tile.rows.count {
            target.update(repeating: 0, count: tile.count)
          }
          if own.isEmpty { return }
          let width = tile.columns.count
          let place = target + (own.lowerBound - tile.rows.lowerBound) * width
          if rows.isEmpty {
            if overwrite { place.update(repeating: 0, count: own.count * width) }
            return
          }
          blas.multiply(
            transposeA: true, transposeB: false, m: own.count, n: width, k: rows.count, alpha: 1,
            a: dy + rows.lowerBound * outputs + own.lowerBound - band.lowerBound,
            strideA: outputs, b: x.value.row(rows.lowerBound) + tile.columns.lowerBound,
            strideB: inputs, beta: overwrite ? 0 : 1, c: place, strideC: width)
        })
      if let bias {
        try contribute(
          bias,
          GradientContribution { shard, tile, target, overwrite in
            if overwrite { target.update(repeating: 0, count: tile.count) }
            let own = tile.columns.clamped(to: band)
            if own.isEmpty { return }
            let start = own.lowerBound - band.lowerBound
            for row in packing.rows(ofShard: shard) {
              Elementwise.add(
                gradient.pointer + row * outputs + start,
                to: target + (own.lowerBound - tile.columns.lowerBound), count: own.count)
            }
          })
      }
    }
    return y
  }

  /// Adds the bias, activates and drops, in place; keeps the derivative where asked.
  @inline(__always)
  private static func finish(
    _ y: UnsafeMutablePointer<Float>, _ derivative: UnsafeMutablePointer<Float>?,
    bias: UnsafeMutablePointer<Float>?, count: Int, firstColumn: Int, activation: Activation,
    mask: DropoutRow?
  ) {
    @inline(__always)
    func lanes(_ x: Vector, _ b: Vector, _ column: Int) -> (value: Vector, derivative: Vector) {
      var (value, slope) = activation(x + b)
      if let mask {
        let multipliers = mask.multipliers(firstColumn + column)
        value *= multipliers
        slope *= multipliers
      }
      return (value, slope)
    }
    let zero = Vector(repeating: 0)
    var i = 0
    while i + 16 <= count {
      let (value, slope) = lanes(y.vector(i), bias?.vector(i) ?? zero, i)
      y.store(value, i)
      derivative?.store(slope, i)
      i += 16
    }
    if i < count {
      let n = count - i
      let (value, slope) = lanes(
        y.vector(i, partial: n), bias?.vector(i, partial: n) ?? zero, i)
      y.store(value, i, partial: n)
      derivative?.store(slope, i, partial: n)
    }
  }

  /// The rows of every shard and the columns, cut into tiles at borders that depend on the shard's
  /// own shape alone.
  static func tiles(_ packing: Packing, columns: Int) -> [(Range<Int>, Range<Int>)] {
    var tiles: [(Range<Int>, Range<Int>)] = []
    for shard in packing.shards.indices {
      let rows = packing.rows(ofShard: shard)
      if rows.isEmpty { continue }
      let rowParts = (rows.count + 511) / 512
      let columnParts = (columns + 1023) / 1024
      for i in 0..<rowParts {
        let r0 = rows.lowerBound + rows.count * i / rowParts
        let r1 = rows.lowerBound + rows.count * (i + 1) / rowParts
        for j in 0..<columnParts {
          tiles.append((r0..<r1, columns * j / columnParts..<columns * (j + 1) / columnParts))
        }
      }
    }
    return tiles
  }
}
