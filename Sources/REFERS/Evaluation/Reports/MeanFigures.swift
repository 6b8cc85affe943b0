/// Figures as plain means over classes.
public struct MeanFigures: Codable, Equatable, Sendable {
  /// The classes that have figures.
  public let classes: Int
  public let auc: Double
  public let aucInterval: Bootstrap.Interval?
  public let averagePrecision: Double
  public let averagePrecisionInterval: Bootstrap.Interval?
  public let sensitivityAtSpecificity: Double
  public let brier: Double
  public let calibrationError: Double
  public let accuracy: Double
  public let f1: Double

  /// Nil for no classes.
  init?(_ figures: [ClassFigures], intervals: ClassIntervals) {
    guard !figures.isEmpty else { return nil }
    func mean(_ value: (ClassFigures) -> Double) -> Double {
      figures.map(value).reduce(0, +) / Double(figures.count)
    }
    classes = figures.count
    auc = mean(\.auc)
    aucInterval = intervals.meanArea
    averagePrecision = mean(\.averagePrecision)
    averagePrecisionInterval = intervals.meanPrecision
    sensitivityAtSpecificity = mean(\.sensitivityAtSpecificity)
    brier = mean(\.brier)
    calibrationError = mean(\.calibrationError)
    accuracy = mean(\.accuracy)
    f1 = mean(\.f1)
  }
}

/// Bootstrap intervals of areas under the curve and average precisions, for classes and their mean.
///
/// All classes are computed on the same samples. A sample in which one of the classes with figures
/// lacks positives or negatives does not count for the mean.
struct ClassIntervals: Sendable {
  let areas: [Bootstrap.Interval?]
  let precisions: [Bootstrap.Interval?]
  let meanArea: Bootstrap.Interval?
  let meanPrecision: Bootstrap.Interval?

  init(of predictions: Predictions, bootstrap: Bootstrap) {
    let rankings = predictions.rankings
    var areas = rankings.map { _ in [Double?]() }
    var precisions = areas
    for sample in 0..<bootstrap.samples {
      let weights = bootstrap.weights(of: sample, count: predictions.images.count)
      for (place, ranking) in rankings.enumerated() {
        guard let ranking else { continue }
        areas[place].append(AreaUnderCurve.value(of: ranking, weights: weights))
        precisions[place].append(AveragePrecision.value(of: ranking, weights: weights))
      }
    }
    func mean(_ values: [[Double?]]) -> Bootstrap.Interval? {
      let present = values.filter { !$0.isEmpty }
      return bootstrap.interval(
        (0..<bootstrap.samples).map { sample in
          let row = present.map { $0[sample] }
          return row.contains(nil) ? nil : ClassMean(row).value
        })
    }
    self.areas = areas.map { bootstrap.interval($0) }
    self.precisions = precisions.map { bootstrap.interval($0) }
    meanArea = mean(areas)
    meanPrecision = mean(precisions)
  }
}

extension Predictions {
  /// Of each class; nil where its labels have one value only.
  var rankings: [ScoreRanking?] {
    classes.indices.map { place in
      let ranking = ScoreRanking(scores: scores(of: place), labels: labels(of: place))
      return ranking.flatMap { $0.hasBoth ? $0 : nil }
    }
  }
}
