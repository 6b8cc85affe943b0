extension Tape {
  /// `x_i + x_0` for every row after the first of each sequence: [Σ (n - 1), width].
  public func addFirstRow(_ x: Variable) throws -> Variable {
    let columns = x.value.columns
    let outer = x.packing
    let packing = outer.with(lengths: outer.lengths.map { $0 - 1 })
    let y = try make(columns: columns, packing: packing)
    team.forEach(packing.sequences) { sequence, _ in
      let first = x.value.row(outer.offsets[sequence])
      for (place, row) in packing.rows(ofSequence: sequence).enumerated() {
        let target = y.value.row(row)
        target.update(from: x.value.row(outer.offsets[sequence] + place + 1), count: columns)
        Elementwise.add(first, to: target, count: columns)
      }
    }
    record(y) { [self] gradient in
      let dx = try zeroedTarget(x)
      team.forEach(packing.sequences) { sequence, _ in
        let first = dx.row(outer.offsets[sequence])
        for (place, row) in packing.rows(ofSequence: sequence).enumerated() {
          let source = gradient.pointer + row * columns
          Elementwise.add(
            source, to: dx.row(outer.offsets[sequence] + place + 1), count: columns)
          Elementwise.add(source, to: first, count: columns)
        }
      }
    }
    return y
  }

  /// `[x_0 ; x_i]` along the columns for every row after the first: [Σ (n - 1), 2 width].
  public func pairWithFirstRow(_ x: Variable) throws -> Variable {
    let columns = x.value.columns
    let outer = x.packing
    let packing = outer.with(lengths: outer.lengths.map { $0 - 1 })
    let y = try make(columns: 2 * columns, packing: packing)
    team.forEach(packing.sequences) { sequence, _ in
      let first = x.value.row(outer.offsets[sequence])
      for (place, row) in packing.rows(ofSequence: sequence).enumerated() {
        y.value.row(row).update(from: first, count: columns)
        (y.value.row(row) + columns)
          .update(from: x.value.row(outer.offsets[sequence] + place + 1), count: columns)
      }
    }
    record(y) { [self] gradient in
      let dx = try zeroedTarget(x)
      team.forEach(packing.sequences) { sequence, _ in
        let first = dx.row(outer.offsets[sequence])
        for (place, row) in packing.rows(ofSequence: sequence).enumerated() {
          let source = gradient.pointer + row * 2 * columns
          Elementwise.add(source, to: first, count: columns)
          Elementwise.add(
            source + columns, to: dx.row(outer.offsets[sequence] + place + 1), count: columns)
        }
      }
    }
    return y
  }

  /// The gradient of a variable to add to, zeroed where nothing has come back yet.
  func zeroedTarget(_ x: Variable) throws -> Matrix {
    let (target, accumulate) = try x.gradientTarget(compute.workspace)
    if !accumulate {
      team.forEachRange(target.count, grain: 1 << 16) { range in
        (target.pointer + range.lowerBound).update(repeating: 0, count: range.count)
      }
    }
    return target
  }
}
