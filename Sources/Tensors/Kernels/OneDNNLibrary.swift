import COneDNN
import Diagnostics
import Foundation

/// oneDNN as a library, opened once for the process and held to one thread.
///
/// Debian's build shares work out by OpenMP, whose threads are set to one before it is opened.
struct OneDNNLibrary {
  let functions: DynamicLibrary
  /// The first number of its version.
  let major: Int
  /// The name with the version.
  let name: String
  /// A `dnnl_cpu_isa_t`: the instructions that it uses, one bit each.
  let processor: Int

  /// Opens the library.
  ///
  /// - Throws: `Failure(.library)` where it is missing, lacks a function, or has several threads.
  static func open() throws(Failure) -> OneDNNLibrary { try shared.get() }

  private static let shared = Result<OneDNNLibrary, Failure> { () throws(Failure) in
    try OneDNNLibrary()
  }

  private init() throws(Failure) {
    setenv("OMP_NUM_THREADS", "1", 1)
    functions = try DynamicLibrary(
      "oneDNN", files: ["libdnnl.so.3", "libdnnl.so.2"], package: "libdnnl-dev (or libdnnl2)")
    // A build without OpenMP runs on the calling thread, or has threads of another kind.
    let threads = try functions.function("omp_get_max_threads", as: onednn_threads.self)()
    guard threads == 1 else {
      throw Failure(
        .library, "oneDNN has \(threads) threads; the bits of its results would depend on them.",
        remedy: "Start the program with OMP_NUM_THREADS=1, or set compute.blas=openblas.")
    }
    let version = try functions.function("dnnl_version", as: onednn_version.self)()?.pointee
    major = version.map { Int($0.major) } ?? 0
    let numbers = version.map { "\($0.major).\($0.minor).\($0.patch)" }
    name = "oneDNN " + (numbers ?? "of unknown version")
    processor = Int(
      try functions.function("dnnl_get_effective_cpu_isa", as: onednn_processor.self)())
  }

  /// The name of ``processor``.
  var kernel: String {
    let names = [
      0x1: "sse41", 0x3: "avx", 0x7: "avx2", 0x407: "avx2_vnni", 0x27: "avx512_core",
      0x67: "avx512_core_vnni", 0xe7: "avx512_core_bf16", 0x3e7: "avx512_core_amx",
      0x1ef: "avx512_core_fp16", 0xfef: "avx512_core_amx", 0x1fef: "avx512_core_amx_fp16",
    ]
    return names[processor] ?? "kernel 0x" + String(processor, radix: 16)
  }

  /// Whether its kernels are those for AVX2.
  var isAVX2: Bool { processor & 0x7 == 0x7 && processor & 0x20 == 0 }

  /// Whether the processor multiplies in bfloat16 (`avx512_core_bf16` or more).
  var hasBFloat16: Bool { processor & 0xe7 == 0xe7 }
}
