/// A run of columns of a variable: one head-wide operand of attention.
public struct Columns {
  public let variable: Variable
  public let start: Int
  public init(_ variable: Variable, from start: Int = 0) {
    self.variable = variable
    self.start = start
  }
}

/// The shape of an attention.
public struct AttentionOptions: Sendable {
  public let heads: Int
  /// Width of all heads together.
  public let width: Int
  /// True where a row sees only itself and earlier rows of its sequence.
  public let causal: Bool
  /// Dropout of the probabilities.
  public let dropout: Dropout?

  public init(heads: Int, width: Int, causal: Bool = false, dropout: Dropout? = nil) {
    self.heads = heads
    self.width = width
    self.causal = causal
    self.dropout = dropout
  }
}

extension Tape {
  /// Scaled dot-product attention of every head and sequence,
  /// `softmax(Q Kᵀ / √d + bias) V` (Vaswani et al., 2017).
  ///
  /// Sequence `i` of the queries attends to sequence `i` of the keys, each of its own length;
  /// nothing is padded. The probabilities are not kept but computed a second time on the way back,
  /// with the same bits: a sixth more work here saves heads · Σ queryLength · keyLength floats.
  ///
  /// - Parameter keyBias: added to the logits of each key row, in the packing of the keys.
  public func attention(
    query: Columns, key: Columns, value: Columns, options: AttentionOptions,
    keyBias: [Float]? = nil
  ) throws -> Variable {
    let q = query.variable
    let k = key.variable
    let v = value.variable
    let heads = options.heads
    let depth = options.width / heads
    let scale = 1 / Float(depth).squareRoot()
    let dropout = dropsUnits ? options.dropout : nil
    let packing = q.packing
    let keys = k.packing
    precondition(packing.sequences == keys.sequences, "attention: one key sequence for each query")
    let y = try make(columns: options.width, packing: packing)

    let blas = blas
    // A row of probabilities takes whole vectors; zeros stand behind its values.
    let stride = { (sequence: Int) in (keys.rows(ofSequence: sequence).count + 15) & ~15 }
    let largest = (0..<packing.sequences).reduce(1) {
      max($0, packing.rows(ofSequence: $1).count * stride($1))
    }
    let scratch = try compute.scratch(largest)
    // Writes softmax(Q Kᵀ / √d + bias) of one head of one sequence.
    let writeProbabilities = { (sequence: Int, head: Int, p: UnsafeMutablePointer<Float>) in
      let rows = packing.rows(ofSequence: sequence)
      let seen = keys.rows(ofSequence: sequence)
      let (m, n) = (rows.count, seen.count)
      let stride = stride(sequence)
      blas.multiply(
        transposeA: false, transposeB: true, m: m, n: n, k: depth, alpha: scale,
        a: q.value.row(rows.lowerBound) + query.start + head * depth, strideA: q.value.columns,
        b: k.value.row(seen.lowerBound) + key.start + head * depth, strideB: k.value.columns,
        beta: 0, c: p, strideC: stride)
      for i in 0..<m {
        let row = p + i * stride
        if let keyBias {
          for j in 0..<n { row[j] += keyBias[seen.lowerBound + j] }
        }
        Softmax.inPlace(row, count: options.causal ? min(n, i + 1) : n, end: stride)
      }
    }
    let mask = { (sequence: Int, head: Int, row: Int) in
      dropout?.row(sequence: packing.keys[sequence], row: head << 20 | row)
    }

    team.forEach(packing.sequences * heads) { task, worker in
      let (sequence, head) = task.quotientAndRemainder(dividingBy: heads)
      let rows = packing.rows(ofSequence: sequence)
      let seen = keys.rows(ofSequence: sequence)
      let p = scratch(worker)
      let stride = stride(sequence)
      writeProbabilities(sequence, head, p)
      for i in 0..<rows.count { mask(sequence, head, i)?.apply(p + i * stride, count: stride) }
      blas.multiply(
        transposeA: false, transposeB: false, m: rows.count, n: depth, k: seen.count, alpha: 1,
        a: p, strideA: stride,
        b: v.value.row(seen.lowerBound) + value.start + head * depth, strideB: v.value.columns,
        beta: 0, c: y.value.row(rows.lowerBound) + head * depth, strideC: options.width)
    }

    record(y) { [self] gradient in
      let dy = gradient.pointer
      // Heads add to their columns of the operands, which may be one variable.
      let dq = try zeroedTarget(q)
      let dk = try zeroedTarget(k)
      let dv = try zeroedTarget(v)
      let scratch = try compute.scratch(3 * largest)
      team.forEach(packing.sequences * heads) { task, worker in
        let (sequence, head) = task.quotientAndRemainder(dividingBy: heads)
        let rows = packing.rows(ofSequence: sequence)
        let seen = keys.rows(ofSequence: sequence)
        let (m, n) = (rows.count, seen.count)
        let stride = stride(sequence)
        let dp = scratch(worker)
        let p = dp + largest
        let used = dropout == nil ? p : p + largest
        writeProbabilities(sequence, head, p)
        let own = dy + rows.lowerBound * options.width + head * depth
        blas.multiply(
          transposeA: false, transposeB: true, m: m, n: n, k: depth, alpha: 1, a: own,
          strideA: options.width,
          b: v.value.row(seen.lowerBound) + value.start + head * depth, strideB: v.value.columns,
          beta: 0, c: dp, strideC: stride)
        for i in 0..<m {
          Softmax.backward(
            p + i * stride, dp + i * stride, count: n, scale: scale,
            mask: mask(sequence, head, i), used: used + i * stride)
        }
        blas.multiply(
          transposeA: true, transposeB: false, m: n, n: depth, k: m, alpha: 1, a: used,
          strideA: stride, b: own, strideB: options.width, beta: 1,
          c: dv.row(seen.lowerBound) + value.start + head * depth, strideC: dv.columns)
        blas.multiply(
          transposeA: false, transposeB: false, m: m, n: depth, k: n, alpha: 1, a: dp,
          strideA: stride, b: k.value.row(seen.lowerBound) + key.start + head * depth,
          strideB: k.value.columns,
          beta: 1, c: dq.row(rows.lowerBound) + query.start + head * depth, strideC: dq.columns)
        blas.multiply(
          transposeA: true, transposeB: false, m: n, n: depth, k: m, alpha: 1, a: dp,
          strideA: stride, b: q.value.row(rows.lowerBound) + query.start + head * depth,
          strideB: q.value.columns,
          beta: 1, c: dk.row(seen.lowerBound) + key.start + head * depth, strideC: dk.columns)
      }
    }
    return y
  }
}
