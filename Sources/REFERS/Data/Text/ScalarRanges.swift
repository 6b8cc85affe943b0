/// A set of Unicode scalars as ranges in order.
struct ScalarRanges: Sendable {
  /// First and last scalar of each range, one range after the other.
  private let bounds: [UInt32]

  init(_ bounds: [UInt32]) { self.bounds = bounds }

  /// - Complexity: O(log n) for n ranges.
  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var low = 0
    var high = bounds.count / 2
    while low < high {
      let middle = (low + high) / 2
      if bounds[2 * middle + 1] < scalar.value { low = middle + 1 } else { high = middle }
    }
    return 2 * low < bounds.count && bounds[2 * low] <= scalar.value
  }
}
