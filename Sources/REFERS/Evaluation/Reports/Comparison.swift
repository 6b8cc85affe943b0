import Diagnostics

/// Two methods on the same images.
///
/// One run of each is compared by DeLong's paired test, several by Student's t-tests over the runs.
public struct Comparison: Codable, Equatable, Sendable {
  /// Areas under the curve of one class, or of the mean over classes.
  public struct Row: Codable, Equatable, Sendable {
    public let name: String
    public let first: Spread
    public let second: Spread
    /// The first mean less the second.
    public let difference: Double
    /// Over independent runs, as in the paper.
    public let tTest: TTest?
    /// Over pairs of runs in their order; nil for unequal numbers.
    public let pairedTTest: TTest?
    /// Nil for several runs, and for the mean of several classes.
    public let deLong: DeLong.Comparison?
    /// Of the difference, over the same samples of images for both; for one run of each.
    public let interval: Bootstrap.Interval?
  }

  public let classes: [Row]
  public let mean: Row?

  /// - Throws: `Failure(.input)` where the files are not of the same classes, images and labels.
  public init(
    _ first: [Predictions], against second: [Predictions], bootstrap: Bootstrap = Bootstrap()
  ) throws {
    guard let reference = first.first, let other = second.first else {
      throw Failure(.input, "There is nothing to compare.", remedy: "Name prediction files.")
    }
    for (number, predictions) in (first + second).enumerated().dropFirst() {
      try reference.requireImages(of: predictions, "prediction file \(number + 1)")
    }
    let firstAreas = first.map { $0.classAreas() }
    let secondAreas = second.map { $0.classAreas() }
    let single = first.count == 1 && second.count == 1
    let samples = single ? DifferenceSamples(reference, other, bootstrap) : nil
    classes = reference.classes.indices.compactMap { place in
      let labels = reference.labels(of: place)
      return Row(
        name: reference.classes[place], first: firstAreas.compactMap { $0[place] },
        second: secondAreas.compactMap { $0[place] },
        deLong: single
          ? DeLong.compare(reference.scores(of: place), other.scores(of: place), labels: labels)
          : nil, interval: samples?.classes[place])
    }
    mean = Row(
      name: "mean", first: firstAreas.compactMap { ClassMean($0).value },
      second: secondAreas.compactMap { ClassMean($0).value },
      deLong: classes.count == 1 ? classes[0].deLong : nil, interval: samples?.mean)
  }
}

extension Comparison.Row {
  fileprivate init?(
    name: String, first: [Double], second: [Double], deLong: DeLong.Comparison?,
    interval: Bootstrap.Interval?
  ) {
    guard let a = Spread(first), let b = Spread(second) else { return nil }
    self.init(
      name: name, first: a, second: b, difference: a.mean - b.mean,
      tTest: TTest.independent(first, second), pairedTTest: TTest.paired(first, second),
      deLong: deLong, interval: interval)
  }
}

/// Differences of areas under the curve over bootstrap samples of the images.
private struct DifferenceSamples {
  let classes: [Bootstrap.Interval?]
  let mean: Bootstrap.Interval?

  init(_ first: Predictions, _ second: Predictions, _ bootstrap: Bootstrap) {
    let pairs = Array(zip(first.rankings, second.rankings))
    let kept = pairs.indices.filter { pairs[$0].0 != nil && pairs[$0].1 != nil }
    var differences = pairs.map { _ in [Double?]() }
    var means: [Double?] = []
    for sample in 0..<bootstrap.samples {
      let weights = bootstrap.weights(of: sample, count: first.images.count)
      let row = kept.map { place -> Double? in
        guard let a = pairs[place].0.flatMap({ AreaUnderCurve.value(of: $0, weights: weights) }),
          let b = pairs[place].1.flatMap({ AreaUnderCurve.value(of: $0, weights: weights) })
        else { return nil }
        return a - b
      }
      for (place, difference) in zip(kept, row) { differences[place].append(difference) }
      means.append(row.contains(nil) ? nil : ClassMean(row).value)
    }
    classes = differences.map { bootstrap.interval($0) }
    mean = bootstrap.interval(means)
  }
}
