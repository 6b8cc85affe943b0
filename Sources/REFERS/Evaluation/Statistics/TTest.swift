/// Student's t-test, two-sided.
public struct TTest: Codable, Equatable, Sendable {
  /// The mean of the first values less that of the second.
  public let difference: Double
  public let statistic: Double
  public let degreesOfFreedom: Int
  public let p: Double

  /// Two independent samples of one variance: the test of the paper's tables.
  ///
  /// `t = (x̄ − ȳ) / (s √(1/n + 1/m))`, `s² = (Σ(x − x̄)² + Σ(y − ȳ)²) / (n + m − 2)`.
  /// - Returns: nil for fewer than two values on a side, or where no value differs from its mean.
  public static func independent(_ first: [Double], _ second: [Double]) -> TTest? {
    guard let x = Spread(first), let y = Spread(second), let dx = x.deviation,
      let dy = y.deviation
    else { return nil }
    let (n, m) = (Double(x.count), Double(y.count))
    let variance = (dx * dx * (n - 1) + dy * dy * (m - 1)) / (n + m - 2)
    return TTest(
      difference: x.mean - y.mean, error: (variance * (1 / n + 1 / m)).squareRoot(),
      degreesOfFreedom: x.count + y.count - 2, scale: max(abs(x.mean), abs(y.mean)))
  }

  /// Pairs of values, such as those of two methods on the same draws.
  ///
  /// - Returns: nil for fewer than two pairs, unequal counts, or differences that are all the same.
  public static func paired(_ first: [Double], _ second: [Double]) -> TTest? {
    guard first.count == second.count, let spread = Spread(zip(first, second).map { $0 - $1 }),
      let deviation = spread.deviation, let scale = (first + second).map(abs).max()
    else { return nil }
    return TTest(
      difference: spread.mean, error: deviation / Double(spread.count).squareRoot(),
      degreesOfFreedom: spread.count - 1, scale: scale)
  }

  /// - Parameter scale: of the values; an error far below it is that of rounding.
  private init?(difference: Double, error: Double, degreesOfFreedom: Int, scale: Double) {
    guard error > 1e-14 * scale else { return nil }
    self.difference = difference
    self.degreesOfFreedom = degreesOfFreedom
    statistic = difference / error
    let freedom = Double(degreesOfFreedom)
    let square = statistic * statistic
    p = IncompleteBeta.regularized(
      freedom / 2, 0.5, x: freedom / (freedom + square), rest: square / (freedom + square))
  }
}
