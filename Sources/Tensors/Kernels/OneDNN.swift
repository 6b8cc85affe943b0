import COneDNN
import Diagnostics
import Foundation

/// oneDNN's sgemm, compiled at run time for the processor at hand; held to one thread.
///
/// It is some 5 to 10 % faster than OpenBLAS, and steadier beside other programs. Debian's build
/// shares work out by OpenMP, whose threads are set to one before the library is opened.
public struct OneDNN: MatrixMultiply {
  private let sgemm: onednn_sgemm
  public let identity: String

  /// Opens the library, once for the process.
  ///
  /// - Throws: `Failure(.library)` where it is missing, lacks a function, or has several threads.
  public init() throws(Failure) {
    self = try OneDNN.shared.get()
  }

  private static let shared = Result<OneDNN, Failure> { () throws(Failure) in try OneDNN.load() }

  private init(sgemm: onednn_sgemm, identity: String) {
    self.sgemm = sgemm
    self.identity = identity
  }

  private static func load() throws(Failure) -> OneDNN {
    setenv("OMP_NUM_THREADS", "1", 1)
    let library = try DynamicLibrary(
      "oneDNN", files: ["libdnnl.so.3", "libdnnl.so.2"], package: "libdnnl-dev (or libdnnl2)")
    // A build without OpenMP runs on the calling thread, or has threads of another kind.
    let threads = try library.function("omp_get_max_threads", as: onednn_threads.self)()
    guard threads == 1 else {
      throw Failure(
        .library, "oneDNN has \(threads) threads; the bits of its results would depend on them.",
        remedy: "Start the program with OMP_NUM_THREADS=1, or set compute.blas=openblas.")
    }
    let version = try library.function("dnnl_version", as: onednn_version.self)()
    let numbers = version.map { "\($0.pointee.major).\($0.pointee.minor).\($0.pointee.patch)" }
    let processor = try library.function(
      "dnnl_get_effective_cpu_isa", as: onednn_processor.self)()
    return OneDNN(
      sgemm: try library.function("dnnl_sgemm", as: onednn_sgemm.self),
      identity: "oneDNN \(numbers ?? "of unknown version") (\(kernel(Int(processor))))")
  }

  /// The name of a `dnnl_cpu_isa_t`.
  private static func kernel(_ code: Int) -> String {
    let names = [
      0x1: "sse41", 0x3: "avx", 0x7: "avx2", 0x407: "avx2_vnni", 0x27: "avx512_core",
      0x67: "avx512_core_vnni", 0xe7: "avx512_core_bf16", 0x3e7: "avx512_core_amx",
    ]
    return names[code] ?? "kernel 0x" + String(code, radix: 16)
  }

  @inline(__always)
  public func multiply(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
    a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    guard m > 0, n > 0 else { return }
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
}
