extension Tape {
  /// Rows of `x` side by side: row `i` of the result is `x[rows[i·k]] … x[rows[i·k + k - 1]]`.
  ///
  /// A row may be named several times; its gradients are summed in the order of naming. Different
  /// sequences of `packing` must name different rows.
  ///
  /// - Parameters:
  ///   - perRow: k, how many rows of `x` make one row of the result.
  ///   - packing: the sequences of the result.
  public func gather(
    _ x: Variable, rows: [Int], perRow: Int = 1, packing: Packing
  ) throws -> Variable {
    let columns = x.value.columns
    precondition(rows.count == packing.rows * perRow, "gather: one source for each place")
    let y = try make(columns: columns * perRow, packing: packing, needsGradient: x.needsGradient)
    team.forEach(packing.sequences) { sequence, _ in
      for row in packing.rows(ofSequence: sequence) {
        for place in 0..<perRow {
          (y.value.row(row) + place * columns)
            .update(from: x.value.row(rows[row * perRow + place]), count: columns)
        }
      }
    }
    guard x.needsGradient else { return y }
    record(y) { [self] gradient in
      let dx = try zeroedTarget(x)
      team.forEach(packing.sequences) { sequence, _ in
        for row in packing.rows(ofSequence: sequence) {
          for place in 0..<perRow {
            Elementwise.add(
              gradient.pointer + (row * perRow + place) * columns,
              to: dx.row(rows[row * perRow + place]), count: columns)
          }
        }
      }
    }
    return y
  }

  /// The mean of the rows of every sequence.
  public func meanRows(_ x: Variable) throws -> Variable {
    let columns = x.value.columns
    let packing = x.packing
    let y = try make(
      columns: columns, packing: .single(keys: packing.keys, shards: packing.shards))
    team.forEach(packing.sequences) { sequence, _ in
      let target = y.value.row(sequence)
      let rows = packing.rows(ofSequence: sequence)
      target.update(repeating: 0, count: columns)
      for row in rows { Elementwise.add(x.value.row(row), to: target, count: columns) }
      Elementwise.scale(target, by: 1 / Float(rows.count), into: target, count: columns)
    }
    record(y) { [self] gradient in
      let dx = try zeroedTarget(x)
      team.forEach(packing.sequences) { sequence, _ in
        let rows = packing.rows(ofSequence: sequence)
        for row in rows {
          Elementwise.add(
            gradient.pointer + sequence * columns, times: 1 / Float(rows.count), to: dx.row(row),
            count: columns)
        }
      }
    }
    return y
  }

  /// Softmax of every row.
  public func softmaxRows(_ x: Variable) throws -> Variable {
    let columns = x.value.columns
    let y = try make(columns: columns, packing: x.packing)
    team.forEachRange(x.packing.rows, grain: 256) { rows in
      for row in rows {
        y.value.row(row).update(from: x.value.row(row), count: columns)
        _ = Softmax.inPlace(y.value.row(row), count: columns)
      }
    }
    record(y) { [self] gradient in
      team.forEachRange(x.packing.rows, grain: 256) { rows in
        for row in rows {
          Softmax.backward(y.value.row(row), gradient.pointer + row * columns, count: columns)
        }
      }
      x.receive(gradient: gradient, team: team)
    }
    return y
  }
}
