extension Tape {
  /// Scales each of `k` equal blocks of columns of a row by a weight of its own,
  /// `y = [a₁ x₁ … a_k x_k]` with `a` [rows, k] and `x` [rows, k · width].
  public func scaleSlots(_ x: Variable, by weights: Variable) throws -> Variable {
    let slots = weights.value.columns
    let width = x.value.columns / slots
    let y = try make(columns: x.value.columns, packing: x.packing)
    team.forEach(x.packing.rows) { row, _ in
      for slot in 0..<slots {
        Elementwise.scale(
          x.value.row(row) + slot * width, by: weights.value.row(row)[slot],
          into: y.value.row(row) + slot * width, count: width)
      }
    }
    record(y) { [self] gradient in
      let dx = try zeroedTarget(x)
      let da = try zeroedTarget(weights)
      team.forEach(x.packing.rows) { row, _ in
        for slot in 0..<slots {
          let source = gradient.pointer + row * x.value.columns + slot * width
          da.row(row)[slot] += Elementwise.dot(
            source, x.value.row(row) + slot * width, count: width)
          Elementwise.add(
            source, times: weights.value.row(row)[slot], to: dx.row(row) + slot * width,
            count: width)
        }
      }
    }
    return y
  }

  /// The sequences of `x` that fill the slots of each study, one after the other, every row scaled:
  /// the memory that a decoder reads.
  ///
  /// Row `i` of slot `j` of study `s` is `w · x[slots[s·k + j], i]`; `w` is `weights[s, j]` where
  /// the weights have a row for each study, `weights[s·n + i, j]` where they have one for each row
  /// of a slot, and 1 without weights; a single column of weights serves all slots. A sequence may
  /// fill several slots of one study; different studies must name different sequences.
  ///
  /// - Parameters:
  ///   - slots: k sequences of `x` for each study, all of the same length n.
  ///   - studies: one sequence for each study; its lengths do not matter.
  public func slotRows(
    _ x: Variable, slots: [Int], perStudy k: Int, weights: Variable?, studies: Packing
  ) throws -> Variable {
    let columns = x.value.columns
    let source = x.packing
    let lengths = (0..<studies.sequences).map { study in
      (0..<k).reduce(0) { $0 + source.rows(ofSequence: slots[study * k + $1]).count }
    }
    let packing = studies.with(lengths: lengths)
    let y = try make(columns: columns, packing: packing)
    let perRow = weights.map { $0.value.rows != studies.sequences } ?? false
    let weightColumns = weights?.value.columns ?? 1

    @inline(__always)
    func forEachRow(
      of study: Int, _ body: (_ source: Int, _ target: Int, _ weight: Int) -> Void
    ) {
      var target = packing.offsets[study]
      for slot in 0..<k {
        let rows = source.rows(ofSequence: slots[study * k + slot])
        for (place, row) in rows.enumerated() {
          let weightRow = perRow ? study * rows.count + place : study
          body(row, target, weightRow * weightColumns + min(slot, weightColumns - 1))
          target += 1
        }
      }
    }
    team.forEach(studies.sequences) { study, _ in
      forEachRow(of: study) { row, target, weight in
        if let weights {
          Elementwise.scale(
            x.value.row(row), by: weights.value.pointer[weight], into: y.value.row(target),
            count: columns)
        } else {
          y.value.row(target).update(from: x.value.row(row), count: columns)
        }
      }
    }
    record(y) { [self] gradient in
      let dx = try zeroedTarget(x)
      let da = try weights.map { try zeroedTarget($0) }
      team.forEach(studies.sequences) { study, _ in
        forEachRow(of: study) { row, target, weight in
          let own = gradient.pointer + target * columns
          guard let weights, let da else {
            Elementwise.add(own, to: dx.row(row), count: columns)
            return
          }
          da.pointer[weight] += Elementwise.dot(own, x.value.row(row), count: columns)
          Elementwise.add(
            own, times: weights.value.pointer[weight], to: dx.row(row), count: columns)
        }
      }
    }
    return y
  }
}
