import Synchronization

/// The seconds that the kernels of each operation take, summed while the clock runs: the profile of
/// a step.
public final class OperationClock: Sendable {
  private let isRunning = Atomic<Bool>(false)
  private let sums = Mutex<[String: Double]>([:])

  /// Runs the clock from zero while `body` does.
  ///
  /// - Returns: the name of each operation with its seconds, the longest first.
  public func profile(_ body: () throws -> Void) rethrows -> [(operation: String, seconds: Double)]
  {
    sums.withLock { $0 = [:] }
    isRunning.store(true, ordering: .relaxed)
    defer { isRunning.store(false, ordering: .relaxed) }
    try body()
    return sums.withLock { sums in
      sums.map { (operation: $0.key, seconds: $0.value) }
        .sorted { ($1.seconds, $0.operation) < ($0.seconds, $1.operation) }
    }
  }

  /// Runs `body`, as part of an operation named as Swift names functions.
  @inline(__always)
  func time(_ operation: StaticString, _ body: () -> Void) {
    guard isRunning.load(ordering: .relaxed) else { return body() }
    let clock = ContinuousClock()
    let start = clock.now
    body()
    let spent = (clock.now - start) / .seconds(1)
    let name = String(operation.description.prefix { $0 != "(" })
    sums.withLock { $0[name, default: 0] += spent }
  }
}
