/// Sensitivity against the share of false alarms, over every threshold there is.
public struct ROCCurve: Sendable {
  /// What calling positive every image of at least `threshold` finds.
  public struct Point: Sendable, Equatable {
    public let threshold: Double
    public let truePositives: Int
    public let falsePositives: Int
  }

  /// From the point where nothing is positive, of an infinite threshold, to the one where all is.
  public let points: [Point]
  public let positives: Int
  public let negatives: Int

  /// Nil where the labels have one value only, or a score is not a number.
  public init?(
    scores: some Collection<some BinaryFloatingPoint>, labels: some Collection<Float>
  ) {
    guard let ranking = ScoreRanking(scores: scores, labels: labels) else { return nil }
    self.init(ranking)
  }

  init?(_ ranking: ScoreRanking) {
    guard ranking.hasBoth else { return nil }
    positives = ranking.positives
    negatives = ranking.negatives
    var points = [Point(threshold: .infinity, truePositives: 0, falsePositives: 0)]
    var (truePositives, falsePositives) = (0, 0)
    for tie in ranking.ties {
      let positive = tie.range.count { ranking.isPositive[$0] }
      truePositives += positive
      falsePositives += tie.range.count - positive
      points.append(
        Point(
          threshold: tie.score, truePositives: truePositives, falsePositives: falsePositives))
    }
    self.points = points
  }

  /// The share of positives found at a point.
  public func sensitivity(_ point: Point) -> Double {
    Double(point.truePositives) / Double(positives)
  }

  /// The share of negatives left alone at a point.
  public func specificity(_ point: Point) -> Double {
    Double(negatives - point.falsePositives) / Double(negatives)
  }

  /// The highest sensitivity of a point with at least this specificity; nothing between points is
  /// made up.
  public func sensitivity(atSpecificity specificity: Double) -> Double {
    points.filter { self.specificity($0) >= specificity }.map { sensitivity($0) }.max() ?? 0
  }
}
