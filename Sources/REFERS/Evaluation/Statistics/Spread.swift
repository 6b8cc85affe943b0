/// Several values of one figure, such as those of repeated runs.
public struct Spread: Codable, Equatable, Sendable {
  public let count: Int
  public let mean: Double
  /// `√(Σ (x − mean)² / (n − 1))`; nil for one value.
  public let deviation: Double?

  /// Nil for no values.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    count = values.count
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = values.count < 2 ? nil : (squares / Double(values.count - 1)).squareRoot()
  }
}
