// swift-tools-version: 6.2
import PackageDescription

// What a build may be asked for, by environment:
// REFERS_SIMD  x86-64-v3 (default), x86-64-v4, native, or none. `none` passes no unsafe flags, so
//              that other packages may depend on this one.
// REFERS_MPI   the pkg-config name of the MPI to build on: ompi-c (default) or mpich.
let simd = Context.environment["REFERS_SIMD"] ?? "x86-64-v3"
let mpi = Context.environment["REFERS_MPI"] ?? "ompi-c"

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .define("SIMD_" + simd.uppercased().replacing("-", with: "_")),
]
// REFERS_FUZZ  1 builds everything with libFuzzer and AddressSanitizer, for scripts/fuzz.
let fuzzes = Context.environment["REFERS_FUZZ"] == "1"

let fast = strict + (simd == "none" ? [] : [.unsafeFlags(["-Xcc", "-march=\(simd)"])])

let package = Package(
  name: "refers-mpi",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "REFERS", targets: ["REFERS"]),
    .executable(name: "refers-mpi", targets: ["refers-mpi"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    // Shims: headers only.
    .systemLibrary(name: "CMPI", pkgConfig: mpi, providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CSPNG", pkgConfig: "spng", providers: [.apt(["libspng-dev"])]),
    .systemLibrary(
      name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CProcessor"),

    // The foundation: errors as values; what makes a result a function of its inputs alone.
    .target(name: "Diagnostics", swiftSettings: strict),
    .target(name: "Determinism", swiftSettings: fast),

    // Tensors know no MPI; Distributed knows no tensors.
    .target(
      name: "Tensors",
      dependencies: ["COneDNN", "COpenBLAS", "CProcessor", "Diagnostics", "Determinism"],
      swiftSettings: fast),
    .target(
      name: "Distributed", dependencies: ["CMPI", "Diagnostics", "Determinism"],
      swiftSettings: fast),

    .target(
      name: "REFERS",
      dependencies: [
        "Tensors", "Distributed", "Diagnostics", "Determinism", "CProcessor", "CTurboJPEG", "CSPNG",
        "CXML2", "CZlib",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: fast),
    // Built without the flags of `fast`, so that it can say that a processor lacks them.
    .executableTarget(
      name: "refers-mpi",
      dependencies: [
        "REFERS", "Tensors", "Distributed", "Diagnostics", "CProcessor",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict, plugins: ["RecordCommit"]),
    .plugin(name: "RecordCommit", capability: .buildTool(), path: "Sources/RecordCommit"),

    // Tests, and the programs they run under mpirun.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .executableTarget(
      name: "distributed-cases", dependencies: ["Distributed", "Diagnostics", "Determinism"],
      path: "Tests/Programs/distributed-cases", swiftSettings: fast),
    .testTarget(
      name: "DistributedTests",
      dependencies: ["Distributed", "Diagnostics", "TestSupport", "distributed-cases"],
      swiftSettings: strict),

    .executableTarget(
      name: "training-cases",
      dependencies: [
        "REFERS", "Tensors", "Distributed", "Diagnostics", "Determinism", "References",
      ],
      path: "Tests/Programs/training-cases", swiftSettings: fast),
    .executableTarget(
      name: "checkpoint-cases", dependencies: ["REFERS", "Tensors", "Diagnostics"],
      path: "Tests/Programs/checkpoint-cases", swiftSettings: fast),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "REFERS", "Tensors", "Diagnostics", "TestSupport", "training-cases", "checkpoint-cases",
        "refers-mpi",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ClusterTests", dependencies: ["REFERS", "TestSupport", "refers-mpi"],
      swiftSettings: strict),

    // The operations once more, slow and plain in double: what the fast ones are compared with.
    .target(name: "References", path: "Tests/References", swiftSettings: strict),
    .testTarget(
      name: "ReferencesTests", dependencies: ["References", "Determinism"], swiftSettings: strict),
    // `fast` as Tensors is: vectors are handed from one to the other.
    .testTarget(
      name: "TensorsTests",
      dependencies: ["Tensors", "Determinism", "Diagnostics", "References", "TestSupport"],
      swiftSettings: fast),
    .testTarget(
      name: "REFERSTests",
      dependencies: [
        "REFERS", "Tensors", "Distributed", "Diagnostics", "Determinism", "References",
        "TestSupport", "FuzzTargets",
      ],
      swiftSettings: strict),
    .target(
      name: "FuzzTargets", dependencies: ["REFERS", "Diagnostics"], path: "Tests/Fuzz/Targets",
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["refers-mpi", "CProcessor", "TestSupport"],
      exclude: ["Help"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v5]
)

if fuzzes {
  let sanitizers = ["-sanitize=fuzzer,address"]
  for target in package.targets where ![.system, .plugin].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(sanitizers)]
  }
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets", "CFuzzer"], path: "Tests/Fuzz/Program",
      swiftSettings: strict + [.unsafeFlags(sanitizers)],
      linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])]),
  ]
}
