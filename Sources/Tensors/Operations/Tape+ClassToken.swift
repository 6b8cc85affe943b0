extension Tape {
  /// `[class; x₁ … x_N] + positions` for every sequence, then dropout: the input of a vision
  /// transformer. `x` is [Σ N, width], the result [Σ (N + 1), width].
  ///
  /// - Parameter positions: [N + 1, width], or nil where positions are joined another way.
  public func prependClass(
    _ x: Variable, classToken: Parameter, positions: Parameter?, dropout: Dropout? = nil
  ) throws -> Variable {
    let columns = x.value.columns
    let inner = x.packing
    let packing = inner.with(lengths: inner.lengths.map { $0 + 1 })
    let dropout = dropsUnits ? dropout : nil
    let y = try make(columns: columns, packing: packing)
    let first = values(classToken)
    let p = positions.map { values($0) }
    team.forEach(packing.sequences) { sequence, _ in
      let rows = packing.rows(ofSequence: sequence)
      for (place, row) in rows.enumerated() {
        let target = y.value.row(row)
        let source = place == 0 ? first : x.value.row(inner.offsets[sequence] + place - 1)
        target.update(from: source, count: columns)
        if let p { Elementwise.add(p + place * columns, to: target, count: columns) }
        dropout?.row(sequence: packing.keys[sequence], row: place).apply(target, count: columns)
      }
    }

    use(classToken, positions)
    record(y) { [self] gradient in
      let dy = Matrix(gradient.pointer, rows: packing.rows, columns: columns)
      let dx = x.needsGradient ? try x.gradientTarget(compute.workspace) : nil
      team.forEach(packing.sequences) { sequence, _ in
        for (place, row) in packing.rows(ofSequence: sequence).enumerated() {
          dropout?.row(sequence: packing.keys[sequence], row: place)
            .apply(dy.row(row), count: columns)
          guard place > 0, let (target, accumulate) = dx else { continue }
          let own = target.row(inner.offsets[sequence] + place - 1)
          if accumulate {
            Elementwise.add(dy.row(row), to: own, count: columns)
          } else {
            own.update(from: dy.row(row), count: columns)
          }
        }
      }
      if let positions {
        try contribute(positions, perPlace(gradient, packing, columns: columns))
      }
      try contribute(
        classToken,
        GradientContribution { shard, tile, target, overwrite in
          if overwrite { target.update(repeating: 0, count: tile.count) }
          for sequence in packing.shards[shard] {
            Elementwise.add(
              gradient.pointer + packing.offsets[sequence] * columns + tile.columns.lowerBound,
              to: target, count: tile.count)
          }
        })
    }
    return y
  }

  /// `[x_i ; positions_i]` along the columns, for positions joined by a linear map.
  public func appendPositions(_ x: Variable, positions: Parameter) throws -> Variable {
    let columns = x.value.columns
    let width = positions.columns
    let packing = x.packing
    let y = try make(columns: columns + width, packing: packing)
    let p = values(positions)
    team.forEach(packing.sequences) { sequence, _ in
      for (place, row) in packing.rows(ofSequence: sequence).enumerated() {
        y.value.row(row).update(from: x.value.row(row), count: columns)
        (y.value.row(row) + columns).update(from: p + place * width, count: width)
      }
    }
    use(positions)
    record(y) { [self] gradient in
      let stride = columns + width
      if x.needsGradient {
        let (dx, accumulate) = try x.gradientTarget(compute.workspace)
        team.forEachRange(packing.rows, grain: 64) { rows in
          for row in rows {
            let source = gradient.pointer + row * stride
            if accumulate {
              Elementwise.add(source, to: dx.row(row), count: columns)
            } else {
              dx.row(row).update(from: source, count: columns)
            }
          }
        }
      }
      try contribute(
        positions, perPlace(gradient, packing, columns: stride, from: columns))
    }
    return y
  }
}
