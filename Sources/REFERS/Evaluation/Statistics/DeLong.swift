import Foundation

/// The variance of an area under the curve, and the difference of two on the same images.
///
/// DeLong, DeLong and Clarke-Pearson, *Biometrics* 1988; in O(n log n) by the placements of Sun and
/// Xu, *IEEE Signal Processing Letters* 2014.
public enum DeLong {
  /// Two classifiers on one test set.
  public struct Comparison: Codable, Equatable, Sendable {
    /// The first area less the second.
    public let difference: Double
    public let standardError: Double
    /// `difference / standardError`.
    public let z: Double
    /// Two-sided, by the normal distribution.
    public let p: Double
  }

  /// The variance of one area; nil for fewer than two positives or negatives.
  public static func variance(scores: [Double], labels: [Float]) -> Double? {
    Placements(scores: scores, labels: labels).flatMap { covariance($0, $0) }
  }

  /// Compares two classifiers of the same images; images whose label is NaN are left out.
  ///
  /// - Returns: nil for fewer than two positives or negatives, and where the difference has no
  ///   variance though it is not zero; equal areas without variance have p = 1.
  public static func compare(
    _ first: [Double], _ second: [Double], labels: [Float]
  ) -> Comparison? {
    guard let a = Placements(scores: first, labels: labels),
      let b = Placements(scores: second, labels: labels), let own = covariance(a, a),
      let other = covariance(b, b), let common = covariance(a, b)
    else { return nil }
    let difference = a.area - b.area
    let variance = own + other - 2 * common
    // Of placements that are the same for both, rounding leaves something near 1e-17.
    guard variance > 1e-13 * (own + other) else {
      guard abs(difference) < 1e-12 else { return nil }
      return Comparison(difference: 0, standardError: 0, z: 0, p: 1)
    }
    let error = variance.squareRoot()
    let z = difference / error
    return Comparison(
      difference: difference, standardError: error, z: z, p: erfc(abs(z) / 2.squareRoot()))
  }

  /// `S⁺ / P + S⁻ / N` with the sample covariances of the placements.
  private static func covariance(_ a: Placements, _ b: Placements) -> Double? {
    guard a.positives.count > 1, a.negatives.count > 1 else { return nil }
    func sample(_ x: [Double], _ y: [Double]) -> Double {
      let count = Double(x.count)
      let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
      return zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / (count - 1) / count
    }
    return sample(a.positives, b.positives) + sample(a.negatives, b.negatives)
  }
}

/// For each positive the share of negatives below it, for each negative that of positives above it,
/// ties counting half; in the order of the images.
private struct Placements {
  let positives: [Double]
  let negatives: [Double]
  let area: Double

  /// Nil where the labels have one value only.
  init?(scores: [Double], labels: [Float]) {
    guard let ranking = ScoreRanking(scores: scores, labels: labels), ranking.hasBoth else {
      return nil
    }
    let (allPositives, allNegatives) = (Double(ranking.positives), Double(ranking.negatives))
    var shares = [Double](repeating: .nan, count: scores.count)
    var (above, negativesAbove) = (0.0, 0.0)
    for tie in ranking.ties {
      let positive = Double(tie.range.count { ranking.isPositive[$0] })
      let negative = Double(tie.range.count) - positive
      for place in tie.range {
        shares[ranking.order[place]] =
          ranking.isPositive[place]
          ? (allNegatives - negativesAbove - 0.5 * negative) / allNegatives
          : (above + 0.5 * positive) / allPositives
      }
      above += positive
      negativesAbove += negative
    }
    positives = zip(shares, labels).filter { $1 > 0.5 }.map(\.0)
    negatives = zip(shares, labels).filter { $1 <= 0.5 }.map(\.0)
    area = positives.reduce(0, +) / allPositives
  }
}
