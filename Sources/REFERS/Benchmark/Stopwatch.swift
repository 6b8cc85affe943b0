/// Times of something done again and again.
enum Stopwatch {
  /// The median of the seconds that `body` takes, over at least `runs` runs and `least` seconds.
  ///
  /// A run is repeated inside of the watch until it takes a millisecond; the first does not count.
  static func median(
    runs: Int = 7, least: Double = 0.15, _ body: () throws -> Void
  ) rethrows -> Double {
    try body()
    let once = try seconds(body)
    let repeats = max(1, Int((1e-3 / max(once, 1e-7)).rounded(.up)))
    var times: [Double] = []
    var total = 0.0
    while times.count < runs || total < least {
      let time = try seconds { for _ in 0..<repeats { try body() } }
      times.append(time / Double(repeats))
      total += time
    }
    return median(of: times)
  }

  /// The seconds that `body` takes.
  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    return (clock.now - start).seconds
  }

  /// The middle of some values, the mean of the two in the middle of an even number.
  static func median(of values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
