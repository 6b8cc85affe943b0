/// What calling positive every image of at least some threshold comes to.
public struct Decisions: Sendable, Equatable {
  public private(set) var truePositives = 0
  public private(set) var falsePositives = 0
  public private(set) var trueNegatives = 0
  public private(set) var falseNegatives = 0

  /// Images whose label is NaN are left out.
  public init(scores: [Double], labels: [Float], threshold: Double) {
    for (score, label) in zip(scores, labels) where !label.isNaN {
      switch (score >= threshold, label > 0.5) {
      case (true, true): truePositives += 1
      case (true, false): falsePositives += 1
      case (false, false): trueNegatives += 1
      case (false, true): falseNegatives += 1
      }
    }
  }

  /// The share that is right; nil where there are no images.
  public var accuracy: Double? {
    ratio(
      truePositives + trueNegatives,
      truePositives + falsePositives + trueNegatives + falseNegatives)
  }

  /// `2 TP / (2 TP + FP + FN)`; nil where nothing is positive, neither called so nor truly.
  public var f1: Double? {
    ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }

  public var sensitivity: Double? { ratio(truePositives, truePositives + falseNegatives) }
  public var specificity: Double? { ratio(trueNegatives, trueNegatives + falsePositives) }

  private func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }
}
