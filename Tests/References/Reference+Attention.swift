extension Reference {
  /// How sequences lie packed, one after the other, and which keys a query sees.
  public struct AttentionLayout {
    /// Queries of each sequence.
    public var queries: [Int]
    /// Keys of each sequence; as many sequences as in `queries`.
    public var keys: [Int]
    public var heads: Int
    /// Query i sees the keys 0 ... i of its own sequence.
    public var causal: Bool
    /// Added to the logit of each key, for all queries and heads: [Σ keys], or empty.
    public var keyBias: [Double]
    /// What each probability is multiplied by after the softmax (0 or 1/(1-p) for dropout), in the
    /// order sequence, head, query, key; or empty.
    public var multipliers: [Double]

    public init(
      queries: [Int], keys: [Int]? = nil, heads: Int, causal: Bool = false,
      keyBias: [Double] = [], multipliers: [Double] = []
    ) {
      self.queries = queries
      self.keys = keys ?? queries
      self.heads = heads
      self.causal = causal
      self.keyBias = keyBias
      self.multipliers = multipliers
    }
  }

  /// Gradients of `attention`.
  public struct AttentionGradients {
    public var query: [Double]
    public var key: [Double]
    public var value: [Double]
  }

  /// o = (m ⊙ softmax(q kᵀ / √d + bias)) v in each head of each sequence, d = width / heads:
  /// `query` [Σ queries, width], `key` and `value` [Σ keys, width].
  public static func attention(
    query: [Double], key: [Double], value: [Double], width: Int, layout: AttentionLayout
  ) -> [Double] {
    var output = zeros(query.count)
    forEachQuery(of: layout, query: query, key: key, width: width) { at in
      for k in 0..<at.keys {
        for d in at.channels {
          output[at.query * width + d] +=
            at.multipliers[k] * at.probabilities[k] * value[(at.firstKey + k) * width + d]
        }
      }
    }
    return output
  }

  /// The backward pass of `attention`, given the gradient of o.
  public static func attentionBackward(
    _ gradient: [Double], query: [Double], key: [Double], value: [Double], width: Int,
    layout: AttentionLayout
  ) -> AttentionGradients {
    var result = AttentionGradients(
      query: zeros(query.count), key: zeros(key.count), value: zeros(value.count))
    let scale = 1 / (Double(width) / Double(layout.heads)).squareRoot()
    forEachQuery(of: layout, query: query, key: key, width: width) { at in
      var dProbability = zeros(at.keys)
      for k in 0..<at.keys {
        for d in at.channels {
          let dOutput = gradient[at.query * width + d]
          let row = (at.firstKey + k) * width + d
          dProbability[k] += at.multipliers[k] * dOutput * value[row]
          result.value[row] += at.multipliers[k] * at.probabilities[k] * dOutput
        }
      }
      let dLogit = rowSoftmaxBackward(dProbability, output: at.probabilities, columns: at.keys)
      for k in 0..<at.keys {
        for d in at.channels {
          let (q, row) = (at.query * width + d, (at.firstKey + k) * width + d)
          result.query[q] += dLogit[k] * scale * key[row]
          result.key[row] += dLogit[k] * scale * query[q]
        }
      }
    }
    return result
  }

  private struct QueryOfHead {
    var query: Int
    var firstKey: Int
    var keys: Int
    var channels: Range<Int>
    var probabilities: [Double]
    var multipliers: [Double]
  }

  private static func forEachQuery(
    of layout: AttentionLayout, query: [Double], key: [Double], width: Int,
    _ body: (QueryOfHead) -> Void
  ) {
    let size = width / layout.heads
    let scale = 1 / Double(size).squareRoot()
    var (firstQuery, firstKey, firstProbability) = (0, 0, 0)
    for (queries, keys) in zip(layout.queries, layout.keys) {
      for head in 0..<layout.heads {
        let channels = head * size..<(head + 1) * size
        for q in 0..<queries {
          var logits: [Double] = []
          for k in 0..<keys {
            var logit = layout.keyBias.isEmpty ? 0 : layout.keyBias[firstKey + k]
            for d in channels {
              logit += query[(firstQuery + q) * width + d] * key[(firstKey + k) * width + d] * scale
            }
            logits.append(layout.causal && k > q ? -.infinity : logit)
          }
          let range = firstProbability..<firstProbability + keys
          let ones = Array(repeating: 1.0, count: keys)
          body(
            QueryOfHead(
              query: firstQuery + q, firstKey: firstKey, keys: keys, channels: channels,
              probabilities: rowSoftmax(logits, columns: keys),
              multipliers: layout.multipliers.isEmpty ? ones : Array(layout.multipliers[range])))
          firstProbability += keys
        }
      }
      firstQuery += queries
      firstKey += keys
    }
  }
}
