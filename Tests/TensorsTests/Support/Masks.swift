import References
import Tensors

/// What dropout multiplies each element of a [rows, columns] matrix by, seen by dropping ones.
func multipliers(_ dropout: Dropout, _ packing: Packing, columns: Int) throws -> [Double] {
  let outcome = try Trial(0).run([(columns, packing)]) { tape, x in
    x[0].value.pointer.update(repeating: 1, count: x[0].value.count)
    return [try tape.dropout(x[0], dropout)]
  }
  return outcome.outputs[0]
}

/// What dropout multiplies each probability of an attention by, in the order sequence, head, query,
/// key: with equal logits and the identity for values, a row of the output is its probabilities.
func probabilityMultipliers(
  _ dropout: Dropout, queries: Packing, keys: Packing, heads: Int
) throws -> [Double] {
  let depth = keys.lengths.max() ?? 1
  let width = heads * depth
  let outcome = try Trial(0).run([(width, queries), (2 * width, keys)]) { tape, x in
    x[0].value.pointer.update(repeating: 0, count: x[0].value.count)
    x[1].value.pointer.update(repeating: 0, count: x[1].value.count)
    for sequence in 0..<keys.sequences {
      for (place, row) in keys.rows(ofSequence: sequence).enumerated() {
        for head in 0..<heads { x[1].value.row(row)[width + head * depth + place] = 1 }
      }
    }
    return [
      try tape.attention(
        query: Columns(x[0]), key: Columns(x[1]), value: Columns(x[1], from: width),
        options: AttentionOptions(heads: heads, width: width, dropout: dropout))
    ]
  }
  var result: [Double] = []
  for sequence in 0..<queries.sequences {
    let count = keys.lengths[sequence]
    for head in 0..<heads {
      for row in queries.rows(ofSequence: sequence) {
        let start = row * width + head * depth
        for key in 0..<count {
          // Uniform probabilities are 1 / count to rounding; kept ones are exactly a scale apart.
          let kept = outcome.outputs[0][start + key] != 0
          result.append(kept ? Double(1 / (1 - dropout.rate)) : 0)
        }
      }
    }
  }
  return result
}
