extension Tape {
  /// Layer normalisation of each row, `(x - mean) / √(variance + eps) ∘ γ + β` (Ba et al., 2016).
  public func layerNorm(
    _ x: Variable, scale: Parameter, shift: Parameter, epsilon: Float
  ) throws -> Variable {
    let columns = x.value.columns
    precondition(scale.columns == columns && shift.columns == columns, "layerNorm: width")
    let packing = x.packing
    let y = try make(columns: columns, packing: packing)
    // Mean and reciprocal deviation of each row.
    let statistics = try compute.workspace.allocate(max(1, packing.rows * 2))
    let gamma = values(scale)
    let beta = values(shift)
    let stats = statistics.pointer
    team.forEachRange(packing.rows, grain: 64) { rows in
      for row in rows {
        let source = x.value.row(row)
        let mean = Elementwise.sum(source, count: columns) / Float(columns)
        let variance = Tape.squaredDeviation(source, from: mean, count: columns) / Float(columns)
        let reciprocal = 1 / (variance + epsilon).squareRoot()
        stats[2 * row] = mean
        stats[2 * row + 1] = reciprocal
        Tape.normalize(
          source, gamma, beta, mean: mean, reciprocal: reciprocal, into: y.value.row(row),
          count: columns)
      }
    }

    if isRecording {
      restorable(y.buffer) { [self] target in
        team.forEachRange(packing.rows, grain: 64, of: "layerNorm") { rows in
          for row in rows {
            Tape.normalize(
              x.value.row(row), gamma, beta, mean: statistics.pointer[2 * row],
              reciprocal: statistics.pointer[2 * row + 1], into: target + row * columns,
              count: columns)
          }
        }
      }
    }
    use(scale, shift)
    record(y) { [self] gradient in
      let dy = Matrix(gradient.pointer, rows: packing.rows, columns: columns)
      if x.needsGradient {
        let (dx, accumulate) = try x.gradientTarget(compute.workspace)
        team.forEachRange(packing.rows, grain: 64) { rows in
          for row in rows {
            Tape.layerNormBackward(
              x.value.row(row), dy.row(row), gamma, mean: stats[2 * row],
              reciprocal: stats[2 * row + 1], into: dx.row(row), count: columns,
              accumulate: accumulate)
          }
        }
      }
      try contribute(
        scale,
        GradientContribution { shard, tile, target, overwrite in
          if overwrite { target.update(repeating: 0, count: tile.count) }
          let first = tile.columns.lowerBound
          for row in packing.rows(ofShard: shard) {
            let source = x.value.row(row) + first
            let g = gradient.pointer + row * columns + first
            let mean = statistics.pointer[2 * row]
            let reciprocal = statistics.pointer[2 * row + 1]
            var i = 0
            while i + 16 <= tile.count {
              let normal = (source.vector(i) - mean) * reciprocal
              target.store(target.vector(i) + g.vector(i) * normal, i)
              i += 16
            }
            while i < tile.count {
              target[i] += g[i] * ((source[i] - mean) * reciprocal)
              i += 1
            }
          }
        })
      try contribute(
        shift,
        GradientContribution { shard, tile, target, overwrite in
          if overwrite { target.update(repeating: 0, count: tile.count) }
          for row in packing.rows(ofShard: shard) {
            Elementwise.add(
              gradient.pointer + row * columns + tile.columns.lowerBound, to: target,
              count: tile.count)
          }
        })
    }
    return y
  }

  /// `y = (x - mean) r ∘ γ + β`.
  @inline(__always)
  private static func normalize(
    _ x: UnsafePointer<Float>, _ gamma: UnsafePointer<Float>, _ beta: UnsafePointer<Float>,
    mean: Float, reciprocal: Float, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    var i = 0
    while i + 16 <= count {
      y.store((x.vector(i) - mean) * reciprocal * gamma.vector(i) + beta.vector(i), i)
      i += 16
    }
    while i < count {
      y[i] = (x[i] - mean) * reciprocal * gamma[i] + beta[i]
      i += 1
    }
  }

  @inline(__always)
  private static func squaredDeviation(
    _ x: UnsafePointer<Float>, from mean: Float, count: Int
  ) -> Float {
    var sum = Vector(repeating: 0)
    var i = 0
    while i + 16 <= count {
      let d = x.vector(i) - mean
      sum += d * d
      i += 16
    }
    var total = VectorMath.sum(sum)
    while i < count {
      total += (x[i] - mean) * (x[i] - mean)
      i += 1
    }
    return total
  }

  /// `dx = r (g - mean(g) - x̂ mean(g x̂))` with `g = dy ∘ γ`.
  @inline(__always)
  private static func layerNormBackward(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ gamma: UnsafePointer<Float>,
    mean: Float, reciprocal: Float, into dx: UnsafeMutablePointer<Float>, count: Int,
    accumulate: Bool
  ) {
    var sums = Vector(repeating: 0)
    var products = Vector(repeating: 0)
    var i = 0
    while i + 16 <= count {
      let g = dy.vector(i) * gamma.vector(i)
      sums += g
      products += g * ((x.vector(i) - mean) * reciprocal)
      i += 16
    }
    var sum = VectorMath.sum(sums)
    var product = VectorMath.sum(products)
    while i < count {
      let g = dy[i] * gamma[i]
      sum += g
      product += g * ((x[i] - mean) * reciprocal)
      i += 1
    }
    sum /= Float(count)
    product /= Float(count)
    i = 0
    while i + 16 <= count {
      let g = dy.vector(i) * gamma.vector(i)
      let normal = (x.vector(i) - mean) * reciprocal
      let d = (g - sum - normal * product) * reciprocal
      dx.store(accumulate ? dx.vector(i) + d : d, i)
      i += 16
    }
    while i < count {
      let d = (dy[i] * gamma[i] - sum - (x[i] - mean) * reciprocal * product) * reciprocal
      dx[i] = accumulate ? dx[i] + d : d
      i += 1
    }
  }
}
