/// The scores of one class in descending order, those of one value together.
///
/// Every figure that depends on the order of scores alone walks over it: with a weight for each
/// image a bootstrap sample needs no sorting of its own.
package struct ScoreRanking: Sendable {
  /// Images of one score.
  package struct Tie: Sendable {
    let score: Double
    /// The places in ``order`` of its images.
    let range: Range<Int>
  }

  /// The images with a known label, by descending score.
  let order: [Int]
  /// Whether they are positive, in the same order.
  let isPositive: [Bool]
  let ties: [Tie]
  let positives: Int

  var negatives: Int { order.count - positives }
  /// Whether there are both positives and negatives.
  var hasBoth: Bool { positives > 0 && negatives > 0 }

  /// Images whose label is NaN are left out; nil where a score of the others is NaN.
  ///
  /// - Cost: O(n log n).
  package init?(
    scores: some Collection<some BinaryFloatingPoint>, labels: some Collection<Float>
  ) {
    let scores = scores.map { Double($0) }
    let labels = Array(labels)
    let known = (0..<min(scores.count, labels.count)).filter { !labels[$0].isNaN }
    guard known.allSatisfy({ !scores[$0].isNaN }) else { return nil }
    order = known.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    isPositive = order.map { labels[$0] > 0.5 }
    positives = isPositive.count(where: \.self)
    var ties: [Tie] = []
    var start = 0
    while start < order.count {
      let score = scores[order[start]]
      var end = start + 1
      while end < order.count, scores[order[end]] == score { end += 1 }
      ties.append(Tie(score: score, range: start..<end))
      start = end
    }
    self.ties = ties
  }

  /// Goes through the ties from the highest score down.
  ///
  /// - Parameters:
  ///   - weights: of each image, by its number; nil for one each.
  ///   - visit: takes the weight of positives and of negatives in the tie.
  func forEachTie(
    weights: [Double]?, _ visit: (_ tie: Tie, _ positive: Double, _ negative: Double) -> Void
  ) {
    for tie in ties {
      var (positive, negative) = (0.0, 0.0)
      for place in tie.range {
        let weight = weights?[order[place]] ?? 1
        if isPositive[place] { positive += weight } else { negative += weight }
      }
      visit(tie, positive, negative)
    }
  }
}
