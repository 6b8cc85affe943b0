/// One line of what a benchmark has measured.
public struct BenchmarkRow: Codable, Sendable {
  /// What a rate is of.
  public enum Unit: String, Codable, Sendable {
    case operations = "GFLOP/s"
    case bytes = "GB/s"
    case images = "images/s"
    case studies = "studies/s"

    var scale: Double { self == .operations || self == .bytes ? 1e9 : 1 }
  }

  public let name: String
  /// The sizes it was measured at.
  public let shape: String
  public let seconds: Double
  /// In ``unit``.
  public let rate: Double
  public let unit: Unit
  /// The rate over the best there could be: the peak of the machine, or of MPI's own call.
  public let share: Double?

  /// - Parameters:
  ///   - amount: operations, bytes or items done in `seconds`.
  ///   - best: the best rate there could be, a second.
  init(
    _ name: String, shape: String, seconds: Double, amount: Double, unit: Unit, best: Double? = nil
  ) {
    self.name = name
    self.shape = shape
    self.seconds = seconds
    self.unit = unit
    rate = amount / seconds / unit.scale
    share = best.map { amount / seconds / $0 }
  }
}
