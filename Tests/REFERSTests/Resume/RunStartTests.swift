import Diagnostics
import Foundation
import REFERS
import Tensors
import TestSupport
import XCTest

/// How configuration, folder and build of a resumed run are decided.
final class RunStartTests: XCTestCase {
  func testTheSavedConfigurationAloneSuffices() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run")) { $0.training.batch = 7 }
    try run.save(10)
    let start = try run.resume()
    // The library is that of the run, whatever `auto` may take by now.
    var expected = run.configuration
    expected.compute.blas = .openblas
    XCTAssertEqual(start.configuration, expected)
    XCTAssertEqual(start.resumedAfter, 10)
    XCTAssertTrue(start.resumes)
  }

  func testAMovedRunStaysWhereItIs() throws {
    let folder = try TemporaryFolder()
    try SavedRun(folder.file("run")).save(10)
    try FileManager.default.moveItem(atPath: folder.file("run"), toPath: folder.file("moved"))
    let run = try SavedRun(folder.file("moved"))
    XCTAssertEqual(try run.resume().configuration.output, run.output)
    for path in ["moved", "moved/checkpoints", "moved/checkpoints/last"] {
      let start = try run.resume(.path(folder.file(path)))
      XCTAssertTrue(start.configuration.output.hasSuffix("/moved"), start.configuration.output)
      XCTAssertTrue(start.resumes)
    }
  }

  func testWhatIsGivenAgainMustNotDecideAnotherResult() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run"))
    try run.save(10)
    let same = ["training.batch": "32", "seed": "1", "threads": "3", "data.workers": "2"]
    let configuration = try run.resume(.last, same).configuration
    XCTAssertEqual(configuration.threads, 3)
    XCTAssertEqual(configuration.data.workers, 2)
    let other = ["training.batch": "16", "seed": "2", "checkpoint.keep_last": "5"]
    XCTAssertThrowsError(try run.resume(.last, other)) { error in
      let text = "\(error)"
      XCTAssertEqual((error as? Failure)?.code, .configuration)
      XCTAssertTrue(text.contains("training.batch is 32 there, but 16 by --set"), text)
      XCTAssertTrue(text.contains("seed is 1 there, but 2 by --set"), text)
      XCTAssertFalse(text.contains("keep_last"), text)
    }
  }

  func testAnotherBuildIsRefusedUnlessAllowedByName() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run"))
    try run.save(10)
    let build = BuildRecord(
      blasLibrary: "OpenBLAS 1", blasKernel: "SkylakeX", simd: "x86-64-v3")
    XCTAssertThrowsError(try run.resume(build: build)) { error in
      let text = "\(error)"
      for part in ["Haswell", "SkylakeX", "OPENBLAS_CORETYPE=Haswell", "--allow other-build"] {
        XCTAssertTrue(text.contains(part), text)
      }
      XCTAssertFalse(text.contains("OpenBLAS 1"), text)
    }
    let start = try run.resume(build: build, allowing: [.otherBuild])
    XCTAssertTrue(start.notices.contains { $0.contains("SkylakeX") }, "\(start.notices)")
    // Another commit of the program is worth a word, no more.
    XCTAssertTrue(try run.resume(program: "def").notices.contains { $0.contains("def") })
  }

  /// oneDNN's kernels for AVX2 leave products to OpenBLAS, so one name stands for two kernels.
  func testTheRemedyForAnotherKernelNamesAllThatChooseIt() throws {
    func record(_ kernel: String) -> BuildRecord {
      BuildRecord(blasLibrary: "oneDNN 2.6.3", blasKernel: kernel, simd: "x86-64-v3")
    }
    let both = "avx2, thin products by OpenBLAS 0.3.21 Haswell"
    withEvery(
      "saved",
      [
        (both, "avx512_core", "ONEDNN_MAX_CPU_ISA=AVX2 OPENBLAS_CORETYPE=Haswell"),
        ("avx512_core", both, "Set ONEDNN_MAX_CPU_ISA=AVX512_CORE;"),
        ("avx512_core_bf16, bfloat16 products", both, "ISA=AVX512_CORE_BF16;"),
        ("avx2", both, "Go on with the program that saved it"),
      ]
    ) { saved, now, remedy in
      let folder = try TemporaryFolder()
      let run = try SavedRun(folder.file("run"), build: record(saved))
      try run.save(10)
      XCTAssertThrowsError(
        try run.resume(libraries: [.auto: record(now), .onednn: record(now)])
      ) { error in
        let text = "\(error)"
        XCTAssertTrue(text.contains(remedy), text)
        XCTAssertFalse(text.contains("Install"), text)
      }
    }
  }

  /// What `auto` would take now does not matter to a run that goes on.
  func testARunGoesOnWithItsLibrary() throws {
    let folder = try TemporaryFolder()
    let build = BuildRecord(
      blasLibrary: "oneDNN 2.6.3", blasKernel: "avx512_core", simd: "x86-64-v3")
    let other = BuildRecord(
      blasLibrary: "OpenBLAS 0.3.21", blasKernel: "Haswell", simd: "x86-64-v3")
    let run = try SavedRun(folder.file("run"), build: build)
    try run.save(10)
    XCTAssertEqual(
      try run.resume(libraries: [.onednn: build, .openblas: other]).configuration.compute.blas,
      .onednn)
    // The library is not installed here, or another one was asked for.
    XCTAssertThrowsError(try run.resume(libraries: [.auto: other])) { error in
      let text = "\(error)"
      XCTAssertEqual((error as? Failure)?.code, .checkpoint)
      for part in ["the BLAS library oneDNN 2.6.3", "OpenBLAS 0.3.21", "Install oneDNN 2.6.3"] {
        XCTAssertTrue(text.contains(part), text)
      }
    }
    XCTAssertThrowsError(
      try run.resume(
        .last, ["compute.blas": "openblas"], libraries: [.onednn: build, .openblas: other]))
    let start = try run.resume(
      .last, ["compute.blas": "openblas"], libraries: [.onednn: build, .openblas: other],
      allowing: [.otherBuild])
    XCTAssertEqual(start.configuration.compute.blas, .openblas)
  }

  func testWithoutACheckpointARunStartsAtStepZero() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run"))
    let fresh = try run.resume(.last, ["training.batch": "5"])
    XCTAssertNil(fresh.point)
    XCTAssertEqual(fresh.resumedAfter, 0)
    XCTAssertEqual(fresh.configuration.training.batch, 5)
    XCTAssertTrue(fresh.notices.contains { $0.contains("step 0") }, "\(fresh.notices)")
    // Killed before the first checkpoint: the configuration is that of the folder.
    try FileManager.default.createDirectory(
      atPath: run.output + "/checkpoints/.step-5.partial", withIntermediateDirectories: true)
    try Data(try run.configuration.yaml().utf8).write(
      to: URL(fileURLWithPath: run.output + "/configuration.yaml"))
    XCTAssertEqual(try run.resume().configuration, run.configuration)
    XCTAssertEqual(try run.resume(.last, ["seed": "4"]).configuration.seed, 4)
    XCTAssertFalse(
      FileManager.default.fileExists(atPath: run.output + "/checkpoints/.step-5.partial"))
  }

  func testAPathMayBeAnOlderCheckpointAndMayGoOnElsewhere() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run"))
    try run.save(10, 20)
    let older = try run.resume(.path(run.store.directory + "/step-10"))
    XCTAssertEqual(older.resumedAfter, 10)
    XCTAssertTrue(older.notices.contains { $0.contains("removed") }, "\(older.notices)")
    let elsewhere = try run.resume(.path(run.output), output: folder.file("other"))
    XCTAssertEqual(elsewhere.resumedAfter, 20)
    XCTAssertEqual(elsewhere.configuration.output, folder.file("other"))
    XCTAssertFalse(elsewhere.resumes)
    try SavedRun(folder.file("other")).save(3)
    XCTAssertThrowsError(try run.resume(.path(run.output), output: folder.file("other"))) {
      XCTAssertTrue("\($0)".contains("holds an earlier run"), "\($0)")
    }
    for path in ["none", "."] {
      XCTAssertThrowsError(try run.resume(.path(folder.file(path)))) { error in
        XCTAssertTrue("\(error)".contains(folder.path), "\(error)")
      }
    }
  }
}
