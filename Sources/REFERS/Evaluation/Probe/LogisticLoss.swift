import Foundation

/// The loss of a linear classifier over standardised features, as a function of its weights.
///
/// With z = W x + b over n images: the mean of -log p(label) plus λ/2 ‖W‖², the biases free.
///
/// | task | p |
/// |---|---|
/// | one class | σ(z) |
/// | softmax over K classes | exp z_k / Σ exp z |
///
/// A point lists W row by row, then b. scikit-learn's LogisticRegression minimises the same for
/// C = 1 / (n λ).
package struct LogisticLoss {
  /// Rows of `width` standardised features.
  let features: [Double]
  let width: Int
  /// 0 or 1, or the number of the class.
  let labels: [Int]
  /// 1 for a single class, else K.
  let outputs: Int
  let penalty: Double

  /// Numbers of a point.
  package var count: Int { outputs * (width + 1) }

  package init(
    features: [Double], width: Int, labels: [Int], outputs: Int, penalty: Double
  ) {
    self.features = features
    self.width = width
    self.labels = labels
    self.outputs = outputs
    self.penalty = penalty
  }

  /// - Cost: 4 n width outputs operations.
  package func callAsFunction(_ point: [Double]) -> (value: Double, gradient: [Double]) {
    var gradient = [Double](repeating: 0, count: count)
    var value = 0.0
    let scale = 1 / Double(max(1, labels.count))
    features.withUnsafeBufferPointer { features in
      point.withUnsafeBufferPointer { point in
        gradient.withUnsafeMutableBufferPointer { gradient in
          var logits = [Double](repeating: 0, count: outputs)
          for (row, label) in labels.enumerated() {
            let x = UnsafeBufferPointer(rebasing: features[row * width..<(row + 1) * width])
            for output in 0..<outputs {
              let weights = point[output * width..<(output + 1) * width]
              logits[output] =
                dot(x, UnsafeBufferPointer(rebasing: weights)) + point[outputs * width + output]
            }
            value += outputs == 1 ? Self.binary(&logits, label) : Self.softmax(&logits, label)
            for output in 0..<outputs {
              let slope = logits[output] * scale
              let start = output * width
              for i in 0..<width { gradient[start + i] += slope * x[i] }
              gradient[outputs * width + output] += slope
            }
          }
          for i in 0..<outputs * width { gradient[i] += penalty * point[i] }
        }
      }
    }
    let weights = Array(point[..<(outputs * width)])
    return (value * scale + penalty / 2 * dot(weights, weights), gradient)
  }

  /// The loss of one image; its logit becomes the slope.
  private static func binary(_ logits: inout [Double], _ label: Int) -> Double {
    let z = label == 1 ? logits[0] : -logits[0]
    // log(1 + exp(-z)) and -σ(-z) without overflow.
    let e = exp(-abs(z))
    let slope = -(z > 0 ? e / (1 + e) : 1 / (1 + e))
    logits[0] = label == 1 ? slope : -slope
    return log1p(e) + max(0, -z)
  }

  private static func softmax(_ logits: inout [Double], _ label: Int) -> Double {
    let top = logits.max() ?? 0
    let own = logits[label]
    for k in logits.indices { logits[k] = exp(logits[k] - top) }
    let sum = logits.reduce(0, +)
    for k in logits.indices { logits[k] /= sum }
    logits[label] -= 1
    return log(sum) + top - own
  }
}
