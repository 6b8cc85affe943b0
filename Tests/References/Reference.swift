import Foundation

/// The model's operations once more, in double precision and with loops in place of thought: what
/// the fast operations are compared with.
///
/// Arrays are row-major `[Double]` with their shapes beside them. A backward pass takes what its
/// forward pass took and the gradient of the output, stores nothing between the two, and is held to
/// finite differences in `ReferencesTests`.
public enum Reference {}

extension Reference {
  /// Single to double precision, exactly.
  public static func double(_ values: [Float]) -> [Double] { values.map(Double.init) }

  /// Double to the nearest single precision.
  public static func single(_ values: [Double]) -> [Float] { values.map { Float($0) } }

  /// The largest |a - b| / max(|b|, rms(b)), `b` being the truth; infinite where any value is not
  /// finite, where the counts differ, or where something is compared with all zeros and is not.
  public static func relativeError(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count, (a + b).allSatisfy(\.isFinite) else { return .infinity }
    let rms = b.isEmpty ? 0 : (b.reduce(0) { $0 + $1 * $1 } / Double(b.count)).squareRoot()
    return zip(a, b).reduce(0) { worst, pair in
      pair.0 == pair.1 ? worst : max(worst, abs(pair.0 - pair.1) / max(abs(pair.1), rms))
    }
  }

  /// As above, of what was computed in single precision.
  public static func relativeError(_ a: [Float], _ b: [Double]) -> Double {
    relativeError(double(a), b)
  }

  /// a + b.
  public static func sum(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 + $1 } }

  /// a ⊙ b.
  public static func product(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 * $1 } }

  /// Σ a b.
  public static func dot(_ a: [Double], _ b: [Double]) -> Double { product(a, b).reduce(0, +) }
}
