/// What a step of a ``StepBenchmark`` took.
public struct StepMeasure: Codable, Sendable {
  /// From the first rank's begin to the last one's end.
  public let seconds: Double
  /// Of these, in talk with other ranks and nothing else, on the rank with the most.
  public let exchange: Double
  /// Of these, in matrix products, for each thread, on the rank with the most.
  public let products: Double
  /// In talk while this rank computed.
  public let overlapped: Double
  public let loss: Double
  public let workload: StepWorkload

  public var studiesPerSecond: Double { Double(workload.count) / seconds }
}

/// What the time of a step goes to, on one rank.
public struct StepProfile: Sendable {
  public let seconds: Double
  /// Seconds in matrix products, for each thread.
  public let products: Double
  /// Floating-point operations of the products.
  public let operations: Int
  /// Seconds of each operation, its matrix products included, the longest first.
  public let shares: [(operation: String, seconds: Double)]
}
