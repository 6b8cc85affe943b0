/// How far probabilities are from what happens.
package enum Calibration {
  /// `mean (p − y)²` over the images with a known label; nil where there is none.
  package static func brierScore(_ probabilities: [Double], labels: [Float]) -> Double? {
    let errors = zip(probabilities, labels).filter { !$1.isNaN }
      .map { ($0 - Double($1)) * ($0 - Double($1)) }
    return errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count)
  }

  /// `Σ n_b / n · |mean y − mean p|` over bins of equal width, `(b/B, (b + 1)/B]`, 0 in the first.
  ///
  /// With 15 bins as Guo et al., *On calibration of modern neural networks* (2017).
  /// - Returns: nil where no label is known.
  package static func expectedError(
    _ probabilities: [Double], labels: [Float], bins: Int = 15
  ) -> Double? {
    var differences = [Double](repeating: 0, count: bins)
    var count = 0
    for (probability, label) in zip(probabilities, labels) where !label.isNaN {
      let bin = min(max(Int((probability * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
      differences[bin] += Double(label) - probability
      count += 1
    }
    return count == 0 ? nil : differences.reduce(0) { $0 + abs($1) } / Double(count)
  }
}
