/// One single-precision product of row-major matrices, `C ← α op(A) op(B) + β C`.
///
/// The one place where a library for matrix products is chosen. A call must run on the calling
/// thread alone, may come from several threads at a time, and must give bits that depend only on
/// the operands and the shape: the exactness of training rests on it.
public protocol MatrixMultiply: Sendable {
  /// Library, version and kernel, as a run records it.
  var identity: String { get }

  /// - Parameters:
  ///   - m: rows of op(A) and C
  ///   - n: columns of op(B) and C
  ///   - k: columns of op(A) and rows of op(B)
  func multiply(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
    a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, strideC: Int)
}
