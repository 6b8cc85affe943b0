extension Tape {
  /// `words[token] + positions[place] (+ types[0])` for packed token sequences.
  ///
  /// - Parameters:
  ///   - tokens: one id for each row, below `words.rows`.
  ///   - packing: the sequences; none longer than `positions.rows`.
  public func embedding(
    _ tokens: [Int32], packing: Packing, words: Parameter, positions: Parameter,
    types: Parameter? = nil
  ) throws -> Variable {
    let columns = words.columns
    precondition(tokens.count == packing.rows, "embedding: one token for each row")
    let y = try make(columns: columns, packing: packing)
    let w = values(words)
    let p = values(positions)
    let t = types.map { values($0) }
    team.forEachRange(packing.rows, grain: 256) { rows in
      var sequence = packing.sequence(ofRow: rows.lowerBound)
      for row in rows {
        while row >= packing.offsets[sequence + 1] { sequence += 1 }
        let target = y.value.row(row)
        target.update(from: w + Int(tokens[row]) * columns, count: columns)
        Elementwise.add(
          p + (row - packing.offsets[sequence]) * columns, to: target, count: columns)
        if let t { Elementwise.add(t, to: target, count: columns) }
      }
    }

    use(words, positions, types)
    record(y) { [self] gradient in
      // The rows of each shard by token, in order of rows: those of a tile are a run.
      let sorted = packing.shards.indices.map { shard in
        packing.rows(ofShard: shard).sorted {
          (tokens[$0], $0) < (tokens[$1], $1)
        }
      }
      try contribute(
        words,
        GradientContribution { shard, tile, target, overwrite in
          if overwrite { target.update(repeating: 0, count: tile.count) }
          let rows = sorted[shard]
          var index = rows.partitioningIndex { Int(tokens[$0]) >= tile.rows.lowerBound }
          while index < rows.count, Int(tokens[rows[index]]) < tile.rows.upperBound {
            let row = rows[index]
            Elementwise.add(
              gradient.pointer + row * columns + tile.columns.lowerBound,
              to: target + (Int(tokens[row]) - tile.rows.lowerBound) * tile.columns.count,
              count: tile.columns.count)
            index += 1
          }
        })
      try contribute(positions, perPlace(gradient, packing, columns: columns))
      if let types {
        try contribute(
          types,
          GradientContribution { shard, tile, target, overwrite in
            if overwrite { target.update(repeating: 0, count: tile.count) }
            guard tile.rows.contains(0) else { return }
            for row in packing.rows(ofShard: shard) {
              Elementwise.add(
                gradient.pointer + row * columns + tile.columns.lowerBound, to: target,
                count: tile.columns.count)
            }
          })
      }
    }
    return y
  }

  /// The gradient of a table with one row for each place in a sequence.
  ///
  /// - Parameters:
  ///   - columns: the width of a row of `gradient`.
  ///   - first: the column of `gradient` at which the table's begin.
  func perPlace(
    _ gradient: Buffer, _ packing: Packing, columns: Int, from first: Int = 0
  ) -> GradientContribution {
    GradientContribution { shard, tile, target, overwrite in
      if overwrite { target.update(repeating: 0, count: tile.count) }
      for sequence in packing.shards[shard] {
        let rows = packing.rows(ofSequence: sequence)
        for place in tile.rows.clamped(to: 0..<rows.count) {
          Elementwise.add(
            gradient.pointer + (rows.lowerBound + place) * columns + first
              + tile.columns.lowerBound,
            to: target + (place - tile.rows.lowerBound) * tile.columns.count,
            count: tile.columns.count)
        }
      }
    }
  }
}

extension Array {
  /// The first index whose element satisfies a predicate that holds from some point on.
  func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
