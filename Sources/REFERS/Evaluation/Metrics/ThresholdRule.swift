/// How the threshold is chosen from which an image is called positive.
public enum ThresholdRule: String, CaseIterable, Codable, Sendable {
  /// That of the highest F1.
  case f1
  /// That of the highest sensitivity + specificity − 1, Youden's index.
  case youden

  /// The best of the scores there are, the highest of several that are as good; nil where the
  /// labels have one value only, or a score is not a number.
  public func threshold(
    scores: some Collection<some BinaryFloatingPoint>, labels: some Collection<Float>
  ) -> Double? {
    guard let curve = ROCCurve(scores: scores, labels: labels) else { return nil }
    var best: (merit: Double, threshold: Double)?
    for point in curve.points.dropFirst() {
      let merit = merit(point, of: curve)
      if merit > best?.merit ?? -.infinity { best = (merit, point.threshold) }
    }
    return best?.threshold
  }

  private func merit(_ point: ROCCurve.Point, of curve: ROCCurve) -> Double {
    switch self {
    case .f1:
      Double(2 * point.truePositives)
        / Double(point.truePositives + point.falsePositives + curve.positives)
    case .youden:
      // In whole numbers, times positives and negatives: equal merits compare as equal.
      Double(point.truePositives) * Double(curve.negatives)
        - Double(point.falsePositives) * Double(curve.positives)
    }
  }
}
