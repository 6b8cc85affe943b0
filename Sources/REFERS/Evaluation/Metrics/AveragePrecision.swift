/// The area under the curve of precision over recall, as steps.
public enum AveragePrecision {
  /// `Σ (Rₙ − Rₙ₋₁) Pₙ` over the thresholds from the highest down; nothing is interpolated.
  ///
  /// - Returns: nil where the labels have one value only, or a score is not a number.
  public static func value(
    scores: some Collection<some BinaryFloatingPoint>, labels: some Collection<Float>
  ) -> Double? {
    ScoreRanking(scores: scores, labels: labels).flatMap { value(of: $0) }
  }

  package static func value(of ranking: ScoreRanking, weights: [Double]? = nil) -> Double? {
    var (positives, negatives, sum) = (0.0, 0.0, 0.0)
    ranking.forEachTie(weights: weights) { _, positive, negative in
      positives += positive
      negatives += negative
      if positive > 0 { sum += positive * positives / (positives + negatives) }
    }
    guard positives > 0, negatives > 0 else { return nil }
    return sum / positives
  }
}
