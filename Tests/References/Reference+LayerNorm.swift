extension Reference {
  /// Gradients of `layerNorm`.
  public struct LayerNormGradients {
    public var input: [Double]
    public var weight: [Double]
    public var bias: [Double]
  }

  /// y = (x - mean) / √(variance + ε) · w + b over each row of `input` [rows, width]; the variance
  /// is the mean of squared deviations.
  public static func layerNorm(
    _ input: [Double], weight: [Double], bias: [Double], epsilon: Double
  ) -> [Double] {
    let width = weight.count
    var result: [Double] = []
    for row in 0..<input.count / width {
      let (normal, _) = normalised(Array(input[row * width..<(row + 1) * width]), epsilon)
      for i in 0..<width { result.append(normal[i] * weight[i] + bias[i]) }
    }
    return result
  }

  /// The backward pass of `layerNorm`: with n the normalised row and h = w ⊙ dy,
  /// dx = (h - mean(h) - n · mean(h ⊙ n)) / √(variance + ε).
  public static func layerNormBackward(
    _ gradient: [Double], input: [Double], weight: [Double], epsilon: Double
  ) -> LayerNormGradients {
    let width = weight.count
    var result = LayerNormGradients(input: [], weight: zeros(width), bias: zeros(width))
    for row in 0..<input.count / width {
      let range = row * width..<(row + 1) * width
      let (normal, deviation) = normalised(Array(input[range]), epsilon)
      let dy = Array(gradient[range])
      let h = product(dy, weight)
      let mean = h.reduce(0, +) / Double(width)
      let along = dot(h, normal) / Double(width)
      for i in 0..<width {
        result.input.append((h[i] - mean - normal[i] * along) / deviation)
        result.weight[i] += dy[i] * normal[i]
        result.bias[i] += dy[i]
      }
    }
    return result
  }

  private static func normalised(_ row: [Double], _ epsilon: Double) -> ([Double], Double) {
    let count = Double(row.count)
    let mean = row.reduce(0, +) / count
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let deviation = (variance + epsilon).squareRoot()
    return (row.map { ($0 - mean) / deviation }, deviation)
  }
}
