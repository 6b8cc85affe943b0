extension Tape {
  /// `x + dropout(f)`, written over `f`, which must not be used again.
  public func residual(_ x: Variable, _ f: Variable, dropout: Dropout? = nil) throws -> Variable {
    let packing = x.packing
    let columns = x.value.columns
    precondition(f.value.rows == x.value.rows && f.value.columns == columns, "residual: shape")
    let dropout = dropsUnits ? dropout : nil
    let y = Variable(f.buffer, columns: columns, packing: packing, needsGradient: isRecording)
    forEachRow(packing) { row, mask in
      let target = y.value.row(row)
      if let mask = mask(dropout) { mask.apply(target, count: columns) }
      Elementwise.add(x.value.row(row), to: target, count: columns)
    }
    record(y) { [self] gradient in
      let (df, accumulate) = try f.gradientTarget(compute.workspace)
      precondition(!accumulate, "residual: the branch is used elsewhere")
      forEachRow(packing) { row, mask in
        let source = gradient.pointer + row * columns
        let target = df.row(row)
        target.update(from: source, count: columns)
        if let mask = mask(dropout) { mask.apply(target, count: columns) }
      }
      x.receive(gradient: gradient, team: team)
    }
    return y
  }

  /// `dropout(x)`, written over `x`, which must not be used again. Without dropout, `x` itself.
  public func dropout(_ x: Variable, _ dropout: Dropout?) throws -> Variable {
    guard dropsUnits, let dropout, dropout.rate > 0 else { return x }
    let packing = x.packing
    let columns = x.value.columns
    let y = Variable(x.buffer, columns: columns, packing: packing, needsGradient: x.needsGradient)
    forEachRow(packing) { row, mask in
      mask(dropout)?.apply(y.value.row(row), count: columns)
    }
    record(y) { [self] gradient in
      forEachRow(packing) { row, mask in
        mask(dropout)?.apply(gradient.pointer + row * columns, count: columns)
      }
      x.receive(gradient: gradient, team: team)
    }
    return y
  }

  /// Visits all rows in fixed pieces; `mask` gives the row's dropout.
  func forEachRow(
    _ packing: Packing, of operation: StaticString = #function,
    _ body: (_ row: Int, _ mask: (Dropout?) -> DropoutRow?) -> Void
  ) {
    team.forEachRange(packing.rows, grain: 64, of: operation) { rows in
      var sequence = packing.sequence(ofRow: rows.lowerBound)
      for row in rows {
        while row >= packing.offsets[sequence + 1] { sequence += 1 }
        body(row) { dropout in
          guard let dropout, dropout.rate > 0 else { return nil }
          return dropout.row(
            sequence: packing.keys[sequence], row: row - packing.offsets[sequence])
        }
      }
    }
  }
}
