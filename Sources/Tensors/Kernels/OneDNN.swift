import COneDNN
import Diagnostics
import Foundation

/// oneDNN's sgemm, compiled at run time for the processor at hand; held to one thread.
///
/// With AVX-512 a step is 3 to 20 % faster than with OpenBLAS (PERFORMANCE.md). Where its kernels
/// are those for AVX2, thin products that they are slow at go to OpenBLAS (``Thinness``).
public struct OneDNN: MatrixMultiply {
  private let sgemm: onednn_sgemm
  /// Takes thin products, where oneDNN is slow at them.
  private let other: OpenBLAS?
  public let identity: String

  /// Opens the library, once for the process.
  ///
  /// - Throws: `Failure(.library)` where it is missing, lacks a function, or has several threads.
  public init() throws(Failure) {
    let library = try OneDNNLibrary.open()
    sgemm = try library.functions.function("dnnl_sgemm", as: onednn_sgemm.self)
    guard library.isAVX2 else {
      other = nil
      identity = "\(library.name) (\(library.kernel))"
      return
    }
    // Hosts of which some have AVX-512 are made alike by one variable, that of oneDNN.
    setenv("OPENBLAS_CORETYPE", OpenBLAS.avx2Kernel, 0)
    let other = try OpenBLAS()
    self.other = other
    identity =
      "\(library.name) (\(library.kernel), thin products by \(other.name) \(other.kernel))"
  }

  @inline(__always)
  public func multiply(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
    a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    guard m > 0, n > 0 else { return }
    if let other,
      Thinness.isSlow(
        transposeA: transposeA, transposeB: transposeB, m: m, n: n, strideB: strideB)
    {
      other.multiply(
        transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a,
        strideA: strideA, b: b, strideB: strideB, beta: beta, c: c, strideC: strideC)
      return
    }
    let (yes, no) = (CChar(UInt8(ascii: "T")), CChar(UInt8(ascii: "N")))
    let status = sgemm(
      transposeA ? yes : no, transposeB ? yes : no, Int64(m), Int64(n), Int64(k), alpha, a,
      Int64(strideA), b, Int64(strideB), beta, c, Int64(strideC))
    // It fails for want of memory alone, in a kernel that cannot throw: the watch over what is not
    // finite ends the step.
    if status != Int32(onednn_success) {
      for row in 0..<m { (c + row * strideC).update(repeating: .nan, count: n) }
    }
  }

  /// Which products oneDNN's kernels for AVX2 are slow at.
  ///
  /// Products of few rows or columns, 1/m + 1/n ≥ 0.0038, are made from the factors where they lie,
  /// without packing them. Measured on an AMD EPYC (Zen 3), in GFLOP/s beside OpenBLAS:
  /// - where the first factor is walked across its rows, 28 to 31 beside 60 to 70 (gradients of 48
  ///   to 352 rows of 3072 x 768);
  /// - where rows of the second are a multiple of 4 KiB apart, so that all compete for a few lines
  ///   of the cache, 34 beside 57 to 66 (65 and 197 rows by 768 x 3072);
  /// - with more rows, 49 to 58 beside 60 to 74 (394 rows by 768 x 768 to 3072 x 768).
  package enum Thinness {
    @inline(__always)
    package static func isSlow(
      transposeA: Bool, transposeB: Bool, m: Int, n: Int, strideB: Int
    ) -> Bool {
      guard n >= 256, 10_000 * (m + n) >= 38 * m * n else { return false }
      return transposeA || !transposeB && (strideB % 1024 == 0 || m >= 256 && n >= 512)
    }
  }
}
