import Foundation

extension Reference {
  /// softmax over each row of `input` [rows, columns].
  public static func rowSoftmax(_ input: [Double], columns: Int) -> [Double] {
    var result: [Double] = []
    for row in 0..<input.count / columns {
      let logits = Array(input[row * columns..<(row + 1) * columns])
      let largest = logits.reduce(-Double.infinity, max)
      let exponentials = logits.map { exp($0 - largest) }
      let total = exponentials.reduce(0, +)
      result += exponentials.map { $0 / total }
    }
    return result
  }

  /// The backward pass of `rowSoftmax` from its output p: dx = p ⊙ (dp - Σ dp p).
  public static func rowSoftmaxBackward(
    _ gradient: [Double], output: [Double], columns: Int
  ) -> [Double] {
    var result: [Double] = []
    for row in 0..<output.count / columns {
      let p = Array(output[row * columns..<(row + 1) * columns])
      let dp = Array(gradient[row * columns..<(row + 1) * columns])
      let mean = dot(dp, p)
      for i in 0..<columns { result.append(p[i] * (dp[i] - mean)) }
    }
    return result
  }

  /// What `crossEntropy` gives.
  public struct CrossEntropy {
    /// Σ weight · negative log-likelihood.
    public var loss: Double
    /// The negative log-likelihood of each row's target, unweighted.
    public var rows: [Double]
    /// Of the loss, [rows, classes].
    public var gradient: [Double]
  }

  /// Σ over rows of w_r · (log Σ exp(logits_r) - logits_r[target_r]): `logits` [rows, classes],
  /// `weights` [rows].
  public static func crossEntropy(
    logits: [Double], targets: [Int], weights: [Double], classes: Int
  ) -> CrossEntropy {
    var result = CrossEntropy(loss: 0, rows: [], gradient: [])
    for (row, target) in targets.enumerated() {
      let own = Array(logits[row * classes..<(row + 1) * classes])
      let largest = own.reduce(-Double.infinity, max)
      let logSum = largest + log(own.reduce(0) { $0 + exp($1 - largest) })
      result.rows.append(logSum - own[target])
      result.loss += weights[row] * (logSum - own[target])
      for i in 0..<classes {
        result.gradient.append(weights[row] * (exp(own[i] - logSum) - (i == target ? 1 : 0)))
      }
    }
    return result
  }
}
