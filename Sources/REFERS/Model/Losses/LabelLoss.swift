import Foundation

/// The loss of logits against labels, with its gradient (REFERS sec. 8.1).
///
/// Several labels: binary cross-entropy `log(1 + eˣ) - x y` of each label that is known, one answer
/// each. One class of several: cross-entropy of the softmax. Both are divided by the number of known
/// labels of the whole batch, over all ranks.
///
/// - Complexity: rows · classes exponentials, in double precision.
public struct LabelLoss: Sendable {
  public let task: LabelTask
  public let classes: Int

  /// The labels of a row: one for each class, or the number of the class.
  public var columns: Int { task == .multiLabel ? classes : 1 }

  public init(task: LabelTask, classes: Int) {
    self.task = task
    self.classes = classes
  }

  /// The labels of a row that are known.
  public static func known(_ labels: some Sequence<Float>) -> Int { labels.count { !$0.isNaN } }

  /// The loss of one row, not yet divided, in nats.
  ///
  /// - Parameters:
  ///   - logits: as many as classes.
  ///   - labels: 0 or 1 for each class, or the number of the class; NaN where not known.
  ///   - divisor: the known labels of the batch.
  ///   - gradient: is given ∂(loss / divisor) / ∂logits.
  public func callAsFunction(
    _ logits: UnsafePointer<Float>, labels: ArraySlice<Float>, divisor: Double,
    gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    switch task {
    case .multiLabel:
      var sum = 0.0
      for (index, label) in labels.enumerated() {
        guard !label.isNaN else {
          gradient[index] = 0
          continue
        }
        let x = Double(logits[index])
        let y = Double(label)
        sum += max(x, 0) - x * y + log1p(exp(-abs(x)))
        gradient[index] = Float((Self.sigmoid(x) - y) / divisor)
      }
      return sum
    case .multiClass:
      guard let label = labels.first, !label.isNaN else {
        gradient.update(repeating: 0, count: classes)
        return 0
      }
      let probabilities = Self.softmax(logits, count: classes)
      for index in 0..<classes {
        gradient[index] = Float((probabilities[index] - (index == Int(label) ? 1 : 0)) / divisor)
      }
      return -log(max(probabilities[Int(label)], .leastNonzeroMagnitude))
    }
  }

  /// The probabilities of a row of logits.
  public func probabilities(_ logits: UnsafePointer<Float>) -> [Float] {
    switch task {
    case .multiLabel: (0..<classes).map { Float(Self.sigmoid(Double(logits[$0]))) }
    case .multiClass: Self.softmax(logits, count: classes).map { Float($0) }
    }
  }

  /// The probabilities of logits, row by row.
  package func probabilities(ofRows logits: [Float]) -> [Float] {
    logits.withUnsafeBufferPointer { logits in
      guard let start = logits.baseAddress, classes > 0 else { return [] }
      return stride(from: 0, to: logits.count, by: classes).flatMap { probabilities(start + $0) }
    }
  }

  static func sigmoid(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }

  private static func softmax(_ x: UnsafePointer<Float>, count: Int) -> [Double] {
    let top = (0..<count).reduce(-Double.infinity) { max($0, Double(x[$1])) }
    let powers = (0..<count).map { exp(Double(x[$0]) - top) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
