/// The area under the ROC curve: how often a positive scores above a negative.
public enum AreaUnderCurve {
  /// `P(s⁺ > s⁻) + ½ P(s⁺ = s⁻)` over all pairs, the statistic of Mann and Whitney.
  ///
  /// - Parameters:
  ///   - scores: one for each image; only their order counts.
  ///   - labels: 1 or 0; an image whose label is NaN is left out.
  /// - Returns: nil where the labels have one value only, or a score is not a number.
  /// - Cost: O(n log n).
  public static func value(
    scores: some Collection<some BinaryFloatingPoint>, labels: some Collection<Float>
  ) -> Double? {
    ScoreRanking(scores: scores, labels: labels).flatMap { value(of: $0) }
  }

  /// The same with a weight for each image; nil where positives or negatives weigh nothing.
  ///
  /// - Cost: O(n).
  package static func value(of ranking: ScoreRanking, weights: [Double]? = nil) -> Double? {
    var (positives, negatives, won) = (0.0, 0.0, 0.0)
    ranking.forEachTie(weights: weights) { _, positive, negative in
      won += negative * (positives + 0.5 * positive)
      positives += positive
      negatives += negative
    }
    guard positives > 0, negatives > 0 else { return nil }
    return won / (positives * negatives)
  }
}
