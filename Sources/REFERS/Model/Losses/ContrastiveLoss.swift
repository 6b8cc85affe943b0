import Diagnostics
import Foundation
import Tensors

/// The contrastive loss of matching studies with reports over a whole global batch (REFERS sec. 5).
///
/// With the cosines `s_ki = cos(v_k, t_i) / τ` of B studies, equation (2) is
/// `L = mean_k (log Σ_i exp s_ki - s_kk)`, image to text; `symmetric` is
/// `w L(image to text) + (1 - w) L(text to image)`, and `code` has the value of `symmetric` but the
/// gradient of its first term only.
///
/// Every rank is given the features of all studies, computes the same loss with the same shapes,
/// and takes its own rows of the gradient: nothing but the gather is communicated.
///
/// - Complexity: 6 B² width operations, on every rank.
public struct ContrastiveLoss: Sendable {
  public let temperature: Float
  public let form: Configuration.Loss.Contrast
  /// w, the share of image to text.
  public let symmetricWeight: Double

  public init(_ options: Configuration.Loss) {
    temperature = Float(options.temperature)
    form = options.contrast
    symmetricWeight = options.symmetricWeight
  }

  /// The loss in nats and its gradients, [B, width] like the features.
  public struct Result {
    public let loss: Double
    public let image: [Float]
    public let text: [Float]
  }

  /// - Parameters:
  ///   - image: v, B rows of `width` floats.
  ///   - text: t, likewise.
  public func callAsFunction(
    image: [Float], text: [Float], width: Int, blas: any MatrixMultiply
  ) -> Result {
    let count = image.count / max(1, width)
    guard count > 0 else { return Result(loss: 0, image: [], text: []) }
    let v = UnitRows(image, width: width)
    let t = UnitRows(text, width: width)
    let scores = product(
      v.unit, false, t.unit, true, m: count, n: count, k: width, alpha: 1 / temperature, blas)

    let imageWeight = form == .imageToText ? 1 : symmetricWeight
    var loss = 0.0
    var slope = [Float](repeating: 0, count: count * count)
    for k in 0..<count {
      let row = (0..<count).map { scores[k * count + $0] }
      let term = Self.crossEntropy(row, target: k)
      loss += imageWeight * term.loss
      for i in 0..<count { slope[k * count + i] += Float(imageWeight * term.slope[i]) }
    }
    if form != .imageToText {
      for i in 0..<count {
        let column = (0..<count).map { scores[$0 * count + i] }
        let term = Self.crossEntropy(column, target: i)
        loss += (1 - symmetricWeight) * term.loss
        guard form == .symmetric else { continue }
        for k in 0..<count {
          slope[k * count + i] += Float((1 - symmetricWeight) * term.slope[k])
        }
      }
    }
    let alpha = 1 / (temperature * Float(count))
    let dv = product(
      slope, false, t.unit, false, m: count, n: width, k: count, alpha: alpha, blas)
    let dt = product(
      slope, true, v.unit, false, m: count, n: width, k: count, alpha: alpha, blas)
    return Result(loss: loss / Double(count), image: v.backward(dv), text: t.backward(dt))
  }

  /// -log softmax(scores)[target] and its derivative, by log-sum-exp in double.
  private static func crossEntropy(
    _ scores: [Float], target: Int
  ) -> (loss: Double, slope: [Double]) {
    let top = Double(scores.max() ?? 0)
    var slope = scores.map { exp(Double($0) - top) }
    let sum = slope.reduce(0, +)
    for i in slope.indices { slope[i] /= sum }
    let loss = log(sum) + top - Double(scores[target])
    slope[target] -= 1
    return (loss, slope)
  }

  private func product(
    _ a: [Float], _ transposeA: Bool, _ b: [Float], _ transposeB: Bool, m: Int, n: Int, k: Int,
    alpha: Float, _ blas: any MatrixMultiply
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: m * n) { target, count in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          if let a = a.baseAddress, let b = b.baseAddress, let c = target.baseAddress {
            blas.multiply(
              transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a,
              strideA: transposeA ? m : k, b: b, strideB: transposeB ? k : n, beta: 0, c: c,
              strideC: n)
          }
        }
      }
      count = m * n
    }
  }
}

/// Rows brought to length 1, and the way back through it.
private struct UnitRows {
  let unit: [Float]
  let lengths: [Double]
  let width: Int

  init(_ rows: [Float], width: Int) {
    self.width = width
    let count = rows.count / max(1, width)
    var lengths: [Double] = []
    var unit = rows
    for k in 0..<count {
      var sum = 0.0
      for i in k * width..<(k + 1) * width { sum += Double(rows[i]) * Double(rows[i]) }
      let length = max(sum.squareRoot(), 1e-8)
      lengths.append(length)
      for i in k * width..<(k + 1) * width { unit[i] = Float(Double(rows[i]) / length) }
    }
    self.unit = unit
    self.lengths = lengths
  }

  /// `(d - (d · u) u) / length` for each row.
  func backward(_ gradient: [Float]) -> [Float] {
    var result = gradient
    for (k, length) in lengths.enumerated() {
      var inner = 0.0
      for i in k * width..<(k + 1) * width { inner += Double(gradient[i]) * Double(unit[i]) }
      for i in k * width..<(k + 1) * width {
        result[i] = Float((Double(gradient[i]) - inner * Double(unit[i])) / length)
      }
    }
    return result
  }
}
