import CProcessor
import Distributed
import Tensors

/// What decides the bits besides configuration, data and seed: the library of matrix products, its
/// kernel, and the instructions this program was compiled for.
public struct BuildRecord: Codable, Equatable, Sendable {
  /// Such as `OpenBLAS 0.3.21` or `oneDNN 2.6.3`.
  public let blasLibrary: String
  /// Such as `SkylakeX`, `avx512_core`, or `avx2, thin products by OpenBLAS 0.3.21 Haswell`.
  public let blasKernel: String
  /// Such as `x86-64-v3`.
  public let simd: String

  public init(blasLibrary: String, blasKernel: String, simd: String) {
    self.blasLibrary = blasLibrary
    self.blasKernel = blasKernel
    self.simd = simd
  }

  /// That of this process with what a rank computes with.
  ///
  /// - Throws: `Failure(.library)` where the library cannot be loaded.
  public static func current(
    _ computing: Configuration.Computing = .init()
  ) throws -> BuildRecord {
    try current(with: computing.open())
  }

  static func current(with blas: any MatrixMultiply) -> BuildRecord {
    // Library and version, then the kernel in parentheses.
    let parts = blas.identity.split(separator: "(", maxSplits: 1)
    return BuildRecord(
      blasLibrary: parts[0].trimmingSuffix { $0 == " " },
      blasKernel: parts.count > 1 ? parts[1].trimmingSuffix { $0 == ")" } : "unknown",
      simd: instructionSetName(Int(instructionSetsBuiltFor())))
  }

  /// The library by the name that a configuration gives it; nil for one that this program lacks.
  var library: MatrixLibrary? { MatrixLibrary(ofIdentity: blasLibrary) }

  /// The variable of the environment that makes the library take a kernel; two where it leaves some
  /// products to OpenBLAS.
  func kernelVariables(_ kernel: String) -> String {
    guard library == .onednn else { return "OPENBLAS_CORETYPE=\(kernel)" }
    let parts = kernel.split(separator: ",", maxSplits: 1)
    let own = "ONEDNN_MAX_CPU_ISA=\(parts.first?.uppercased() ?? "DEFAULT")"
    guard parts.count > 1, parts[1].contains("OpenBLAS"),
      let other = parts[1].split(separator: " ").last
    else { return own }
    return "\(own) OPENBLAS_CORETYPE=\(other)"
  }

  /// A kernel that all processors of x86-64-v3 have.
  fileprivate var commonKernel: String {
    library == .onednn ? "avx2, thin products by OpenBLAS Haswell" : "Haswell"
  }

  /// How a run that this record is of goes on with its kernel.
  var kernelRemedy: String {
    // Earlier programs left no products to OpenBLAS.
    library == .onednn && blasKernel == "avx2"
      ? "Go on with the program that saved it" : "Set \(kernelVariables(blasKernel))"
  }
}

extension BuildRecord {
  /// What the ranks of a run must have in common, each with the way to make it so.
  func traits(of versions: VersionRecord) -> [BuildTrait] {
    [
      BuildTrait("program", versions.program),
      BuildTrait(
        "BLAS library", blasLibrary,
        remedy: "Install one on every host, or choose one with compute.blas."),
      BuildTrait(
        "BLAS kernel", blasKernel,
        remedy:
          "Choose one for all that every processor has, such as \(kernelVariables(commonKernel)); "
          + "mpirun hands variables on to other hosts with -x."),
      BuildTrait("instruction set", simd),
    ]
  }
}

/// The level of x86-64 that a set of `PROCESSOR_BUILT_FOR` bits makes up, and what it has besides.
func instructionSetName(_ bits: Int) -> String {
  let names = [
    "avx2", "fma", "bmi", "bmi2", "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl",
    "avx512vbmi", "avx512vnni", "avx512bf16",
  ]
  let levels = [(name: "x86-64-v4", bits: 0x1ff), (name: "x86-64-v3", bits: 0xf)]
  let level = levels.first { bits & $0.bits == $0.bits }
  let rest = bits & ~(level?.bits ?? 0)
  let others = names.indices.filter { rest & (1 << $0) != 0 }.map { names[$0] }
  return ([level?.name ?? "baseline"] + others).joined(separator: " ")
}

extension StringProtocol {
  fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, isTrimmed(last) { text = text.dropLast() }
    return String(text)
  }
}
