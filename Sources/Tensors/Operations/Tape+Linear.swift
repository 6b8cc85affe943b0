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
  /// dropout the pre-activation is kept, from which a segment computes the result once more.
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
    let isPlain = activation == .none && dropout == nil
    let kept = isRecording && !isPlain ? KeptActivation(try keep(packing.rows * outputs)) : nil

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
          target, kept.map { $0.buffer.pointer + at }, bias: b.map { $0 + columns.lowerBound },
          count: columns.count, firstColumn: columns.lowerBound, activation: activation, mask: mask)
      }
    }

    if let kept {
      restorable(y.buffer) { [self] target in
        differentiate(kept, into: target, packing, activation, dropout)
      }
    }
    use(weight, bias)
    record(y) { [self] gradient in
      let dy = Matrix(gradient.pointer, rows: packing.rows, columns: outputs)
      if let kept {
        if !kept.holdsSlope { differentiate(kept, into: nil, packing, activation, dropout) }
        team.forEachRange(dy.count, grain: 1 << 15) { range in
          Elementwise.multiply(
            kept.buffer.pointer + range.lowerBound, into: dy.pointer + range.lowerBound,
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

  /// Adds the bias, activates and drops, in place; keeps the pre-activation where asked.
  @inline(__always)
  private static func finish(
    _ y: UnsafeMutablePointer<Float>, _ kept: UnsafeMutablePointer<Float>?,
    bias: UnsafeMutablePointer<Float>?, count: Int, firstColumn: Int, activation: Activation,
    mask: DropoutRow?
  ) {
    let zero = Vector(repeating: 0)
    var i = 0
    while i + 16 <= count {
      let x = y.vector(i) + (bias?.vector(i) ?? zero)
      kept?.store(x, i)
      y.store(dropped(activation(x).value, mask, firstColumn + i), i)
      i += 16
    }
    if i < count {
      let n = count - i
      let x = y.vector(i, partial: n) + (bias?.vector(i, partial: n) ?? zero)
      kept?.store(x, i, partial: n)
      y.store(dropped(activation(x).value, mask, firstColumn + i), i, partial: n)
    }
  }

  @inline(__always)
  private static func dropped(_ x: Vector, _ mask: DropoutRow?, _ column: Int) -> Vector {
    guard let mask else { return x }
    return x * mask.multipliers(column)
  }

  /// Replaces a pre-activation by the derivative of what follows it, and writes the value of that
  /// where it is asked for.
  private func differentiate(
    _ kept: KeptActivation, into target: UnsafeMutablePointer<Float>?, _ packing: Packing,
    _ activation: Activation, _ dropout: Dropout?
  ) {
    kept.holdsSlope = true
    let columns = packing.rows == 0 ? 0 : kept.buffer.count / packing.rows
    let all = kept.buffer.pointer
    forEachRow(packing, of: "linear") { row, mask in
      let mask = mask(dropout)
      let x = all + row * columns
      let y = target.map { $0 + row * columns }
      var i = 0
      while i + 16 <= columns {
        let (value, slope) = activation(x.vector(i))
        y?.store(Tape.dropped(value, mask, i), i)
        x.store(Tape.dropped(slope, mask, i), i)
        i += 16
      }
      if i < columns {
        let n = columns - i
        let (value, slope) = activation(x.vector(i, partial: n))
        y?.store(Tape.dropped(value, mask, i), i, partial: n)
        x.store(Tape.dropped(slope, mask, i), i, partial: n)
      }
    }
  }

  /// What a linear map keeps for the way back.
  private final class KeptActivation {
    /// The pre-activation, then the slope.
    let buffer: Buffer
    var holdsSlope = false

    init(_ buffer: Buffer) { self.buffer = buffer }
  }

  /// The rows of every shard and the columns, cut into tiles at borders that depend on the shard's
  /// own shape alone.
  ///
  /// The rows of four views stay together: products of half as many are a tenth slower.
  package static func tiles(_ packing: Packing, columns: Int) -> [(Range<Int>, Range<Int>)] {
    var tiles: [(Range<Int>, Range<Int>)] = []
    for shard in packing.shards.indices {
      let rows = packing.rows(ofShard: shard)
      if rows.isEmpty { continue }
      let rowParts = (rows.count + 1023) / 1024
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
