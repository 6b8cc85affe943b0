/// The figures of one class against the rest.
public struct ClassEvaluation: Codable, Equatable, Sendable {
  public let name: String
  /// The images whose label is known, and how many are positive.
  public let images: Int
  public let positives: Int
  /// Nil where the labels have one value only.
  public let figures: ClassFigures?
  /// Whether the threshold is one chosen on the validation part.
  public let hasChosenThreshold: Bool

  init(
    of predictions: Predictions, place: Int, validation: Predictions?,
    intervals: ClassIntervals, options: EvaluationOptions
  ) {
    let labels = predictions.labels(of: place)
    name = predictions.classes[place]
    images = labels.count { !$0.isNaN }
    positives = labels.count { $0 == 1 }
    let threshold = validation.flatMap {
      options.rule.threshold(scores: $0.scores(of: place), labels: $0.labels(of: place))
    }
    hasChosenThreshold = threshold != nil
    figures = ClassFigures(
      scores: predictions.scores(of: place), labels: labels, threshold: threshold ?? 0.5,
      specificity: options.specificity, area: intervals.areas[place],
      precision: intervals.precisions[place])
  }
}

/// What is measured of a class.
public struct ClassFigures: Codable, Equatable, Sendable {
  public let auc: Double
  public let aucInterval: Bootstrap.Interval?
  /// By DeLong; nil for fewer than two positives or negatives.
  public let aucStandardError: Double?
  public let averagePrecision: Double
  public let averagePrecisionInterval: Bootstrap.Interval?
  public let sensitivityAtSpecificity: Double
  public let brier: Double
  public let calibrationError: Double
  /// From which probability on an image is called positive in the figures below.
  public let threshold: Double
  public let accuracy: Double
  public let f1: Double
  public let sensitivity: Double
  public let specificity: Double

  /// Nil where the labels have one value only.
  init?(
    scores: [Double], labels: [Float], threshold: Double, specificity wanted: Double,
    area: Bootstrap.Interval?, precision: Bootstrap.Interval?
  ) {
    let decisions = Decisions(scores: scores, labels: labels, threshold: threshold)
    guard let ranking = ScoreRanking(scores: scores, labels: labels),
      let curve = ROCCurve(ranking), let auc = AreaUnderCurve.value(of: ranking),
      let averagePrecision = AveragePrecision.value(of: ranking),
      let brier = Calibration.brierScore(scores, labels: labels),
      let calibrationError = Calibration.expectedError(scores, labels: labels),
      let accuracy = decisions.accuracy, let f1 = decisions.f1,
      let sensitivity = decisions.sensitivity, let specificity = decisions.specificity
    else { return nil }
    self.auc = auc
    aucInterval = area
    aucStandardError = DeLong.variance(scores: scores, labels: labels)?.squareRoot()
    self.averagePrecision = averagePrecision
    averagePrecisionInterval = precision
    sensitivityAtSpecificity = curve.sensitivity(atSpecificity: wanted)
    self.brier = brier
    self.calibrationError = calibrationError
    self.threshold = threshold
    self.accuracy = accuracy
    self.f1 = f1
    self.sensitivity = sensitivity
    self.specificity = specificity
  }
}
