import Determinism

/// Draws the share of the training images whose labels are used: by seed and number of the draw
/// alone, so that every method compared gets the same ones (REFERS sec. 8.1).
public enum LabelDraw {
  /// A subset without replacement, not stratified, ascending.
  ///
  /// It has `ratio` of the images, rounded, at least one; all where the ratio is 1. Of one draw, a
  /// smaller share is part of every larger one.
  ///
  /// - Parameters:
  ///   - training: indices of the training images; none may be there twice.
  ///   - ratio: in (0, 1].
  ///   - draw: from 1; another number gives other images.
  public static func subset(of training: [Int], ratio: Double, seed: UInt64, draw: Int) -> [Int] {
    let training = training.sorted()
    guard ratio < 1, !training.isEmpty else { return training }
    let count = max(1, Int((max(ratio, 0) * Double(training.count)).rounded()))
    var random = CounterRandom(
      seed: seed, RandomPurpose.labels.rawValue, UInt64(bitPattern: Int64(draw)))
    return random.permutation(training.count).prefix(count).map { training[$0] }.sorted()
  }
}
