import COpenBLAS
import CProcessor
import Diagnostics
import Foundation

/// OpenBLAS, held to one thread: its own threads change the bits of the result.
///
/// The library chooses its kernel when it is loaded and knows no processor younger than itself:
/// Debian 12's takes the AVX2 kernel on AMD's AVX-512 cores, at half the speed, and the SSE3 kernel
/// on Intel's since Emerald Rapids, at a sixth. So it is opened here, after the choice has been made
/// for it by what the processor can do; `OPENBLAS_CORETYPE` in the environment overrides it.
public struct OpenBLAS: MatrixMultiply {
  private let sgemm: openblas_sgemm
  /// The name with the version.
  let name: String
  /// The kernel's name.
  let kernel: String

  public var identity: String { "\(name) (\(kernel))" }

  /// Opens the library, once for the process.
  ///
  /// - Throws: `Failure(.library)` where it is missing or lacks a function.
  public init() throws(Failure) {
    self = try OpenBLAS.shared.get()
  }

  private static let shared = Result<OpenBLAS, Failure> { () throws(Failure) in try OpenBLAS.load()
  }

  private init(sgemm: openblas_sgemm, name: String, kernel: String) {
    self.sgemm = sgemm
    self.name = name
    self.kernel = kernel
  }

  /// The kernel for AVX2 and fused multiply-adds.
  static let avx2Kernel = "Haswell"

  /// The fastest kernel that this processor can run, of those that every OpenBLAS for it has; nil
  /// where the library's own choice stands.
  package static var bestKernel: String? {
    processor_has_avx512() != 0 ? "SkylakeX" : processor_has_avx2() != 0 ? avx2Kernel : nil
  }

  private static func load() throws(Failure) -> OpenBLAS {
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    if let kernel = bestKernel { setenv("OPENBLAS_CORETYPE", kernel, 0) }
    let library = try DynamicLibrary(
      "OpenBLAS", files: ["libopenblas.so.0"],
      package: "libopenblas-dev (or libopenblas0), version 0.3.21 or later")
    try library.function("openblas_set_num_threads", as: openblas_set_threads.self)(1)
    let configuration = try library.function("openblas_get_config", as: openblas_text.self)()
    let core = try library.function("openblas_get_corename", as: openblas_text.self)()
    let version = configuration.map { String(cString: $0) } ?? "OpenBLAS"
    return OpenBLAS(
      sgemm: try library.function("cblas_sgemm", as: openblas_sgemm.self),
      name: version.split(separator: " ").prefix(2).joined(separator: " "),
      kernel: core.map { String(cString: $0) } ?? "unknown kernel")
  }

  @inline(__always)
  public func multiply(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
    a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    guard m > 0, n > 0 else { return }
    sgemm(
      Int32(openblas_row_major), Int32(transposeA ? openblas_transpose : openblas_no_transpose),
      Int32(transposeB ? openblas_transpose : openblas_no_transpose), Int32(m), Int32(n), Int32(k),
      alpha, a, Int32(strideA), b, Int32(strideB), beta, c, Int32(strideC))
  }
}
