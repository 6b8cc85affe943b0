import References
import TestSupport
import XCTest

/// Fails unless `values` agree with the reference, to 1e-5 relative where nothing else is said.
func expectAgreement(
  _ values: [Double], _ reference: [Double], _ what: String, bound: Double = 1e-5,
  file: StaticString = #filePath, line: UInt = #line
) {
  let error = Reference.relativeError(values, reference)
  expect(error <= bound, "\(what): relative error \(error)", file: file, line: line)
}

extension Array where Element == Double {
  /// Columns of a row-major matrix.
  func columns(_ range: Range<Int>, of width: Int) -> [Double] {
    stride(from: 0, to: count, by: width).flatMap {
      self[$0 + range.lowerBound..<$0 + range.upperBound]
    }
  }

  /// Rows of a row-major matrix.
  func rows(_ range: Range<Int>, of width: Int) -> [Double] {
    Array(self[range.lowerBound * width..<range.upperBound * width])
  }

  /// `self += other`.
  mutating func add(_ other: [Double]) { self = Reference.sum(self, other) }
}

func zeros(_ count: Int) -> [Double] { Array(repeating: 0, count: count) }

/// Matrices of equal height side by side.
func sideBySide(_ parts: [(values: [Double], width: Int)]) -> [Double] {
  guard let first = parts.first else { return [] }
  return (0..<first.values.count / first.width).flatMap { row in
    parts.flatMap { $0.values[row * $0.width..<(row + 1) * $0.width] }
  }
}
