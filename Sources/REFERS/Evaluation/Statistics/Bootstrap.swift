import Determinism

/// Intervals of figures by drawing images again, with replacement.
///
/// A sample is a function of the seed and its number alone.
public struct Bootstrap: Sendable {
  /// The middle part of a figure's values over the samples.
  public struct Interval: Codable, Equatable, Sendable {
    public let low: Double
    public let high: Double
    /// The samples in which the figure has a value.
    public let samples: Int
  }

  /// The share of the samples inside an interval.
  public static let level = 0.95

  public let seed: UInt64
  public let samples: Int

  /// - Parameter samples: none for no intervals.
  public init(seed: UInt64 = 1, samples: Int = 1000) {
    self.seed = seed
    self.samples = max(0, samples)
  }

  /// How often each of `count` images is drawn for a sample.
  package func weights(of sample: Int, count: Int) -> [Double] {
    var random = CounterRandom(
      seed: seed, RandomPurpose.bootstrap.rawValue, UInt64(truncatingIfNeeded: sample))
    var weights = [Double](repeating: 0, count: count)
    for _ in 0..<count { weights[random.integer(below: count)] += 1 }
    return weights
  }

  /// The percentiles `(1 ∓ level) / 2`, interpolated; nil where no sample has the figure.
  package func interval(_ values: [Double?]) -> Interval? {
    let sorted = values.compactMap(\.self).sorted()
    guard !sorted.isEmpty else { return nil }
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = min(Int(place), sorted.count - 1)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
    return Interval(
      low: quantile((1 - Self.level) / 2), high: quantile((1 + Self.level) / 2),
      samples: sorted.count)
  }
}
