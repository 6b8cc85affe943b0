/// Mean and deviation of each feature over the training images.
struct FeatureScale {
  let mean: [Double]
  /// 1 for a feature that never changes.
  let deviation: [Double]

  init(_ features: [Float], width: Int) {
    let count = Double(max(1, features.count / width))
    var mean = [Double](repeating: 0, count: width)
    var square = mean
    for row in stride(from: 0, to: features.count, by: width) {
      for i in 0..<width { mean[i] += Double(features[row + i]) }
    }
    for i in 0..<width { mean[i] /= count }
    for row in stride(from: 0, to: features.count, by: width) {
      for i in 0..<width {
        let d = Double(features[row + i]) - mean[i]
        square[i] += d * d
      }
    }
    self.mean = mean
    deviation = (0..<width).map { i in
      let deviation = (square[i] / count).squareRoot()
      return deviation > 1e-7 * max(1e-30, abs(mean[i])) ? deviation : 1
    }
  }

  /// (x - mean) / deviation.
  func standardised(_ features: [Float]) -> [Double] {
    let width = mean.count
    return [Double](unsafeUninitializedCapacity: features.count) { buffer, count in
      for row in stride(from: 0, to: features.count, by: width) {
        for i in 0..<width {
          buffer[row + i] = (Double(features[row + i]) - mean[i]) / deviation[i]
        }
      }
      count = features.count
    }
  }

  /// The head that answers of plain features what the given one answers of standardised ones:
  /// w / s and b - Σ w m / s.
  func folded(_ head: StandardHead) -> (weight: [Float], bias: [Float]) {
    let width = mean.count
    var weight: [Float] = []
    var bias: [Float] = []
    for output in head.bias.indices {
      let own = (0..<width).map { head.weight[output * width + $0] / deviation[$0] }
      weight += own.map { Float($0) }
      bias.append(Float(head.bias[output] - dot(own, mean)))
    }
    return (weight, bias)
  }
}
