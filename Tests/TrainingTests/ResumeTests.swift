import Foundation
import REFERS
import TestSupport
import XCTest

/// `pretrain --resume` from the command line.
final class ResumeTests: XCTestCase {
  /// A run whose newest checkpoint is of step 8, as if it had been killed at step 9.
  private func cutRun(_ fixture: ResumeFixture, _ name: String) throws {
    let whole = try fixture.finish(name, ResumeFixture.flags, ranks: 1)
    XCTAssertEqual(whole.status, 0, whole.report)
    let store = CheckpointStore(directory: fixture.output(name) + "/checkpoints")
    XCTAssertEqual(try store.steps().suffix(2), [10, 12])
    try FileManager.default.removeItem(atPath: store.checkpoint(ofStep: 12).path)
  }

  func testWhatIsRefusedIsSaidOnceAndChangesNothing() throws {
    let fixture = try ResumeFixture()
    try cutRun(fixture, "run")
    let before = try fixture.metrics("run")
    let data = try otherStudies(fixture)
    let cases: [(arguments: [String], environment: [String: String], texts: [String])] = [
      (
        ["--resume", "--steps", "5", "--seed", "2"], [:],
        ["training.steps is 12 there, but 5 by --steps", "seed is 1 there, but 2 by --seed"]
      ),
      (["--resume", "last", "--data", data], [:], ["The studies are not those"]),
      (
        ["--resume"], ["OPENBLAS_CORETYPE": otherKernel],
        ["the BLAS kernel", "OPENBLAS_CORETYPE=", "--allow other-build"]
      ),
      (["--resume", fixture.output("none")], [:], ["There is no \(fixture.output("none"))"]),
      ([], [:], ["holds an earlier run"]),
    ]
    for (arguments, environment, texts) in cases {
      for ranks in [1, 2] {
        let result = try fixture.finish("run", arguments, ranks: ranks, environment: environment)
        XCTAssertNotEqual(result.status, 0, result.report)
        XCTAssertFalse(result.timedOut, result.report)
        for text in texts { XCTAssertTrue(result.standardError.contains(text), result.report) }
        let errors = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error") }
        XCTAssertEqual(errors.count, 1, result.report)
      }
    }
    XCTAssertEqual(try fixture.metrics("run"), before)
    // Allowed by name, the other kernel goes on; its bits are its own.
    let allowed = try fixture.finish(
      "run", ["--resume", "--allow", "other-build"], ranks: 1,
      environment: ["OPENBLAS_CORETYPE": otherKernel])
    XCTAssertEqual(allowed.status, 0, allowed.report)
    XCTAssertTrue(allowed.standardError.contains("other bits may follow"), allowed.report)
  }

  func testADamagedCheckpointIsPassedOverAndAFinishedRunStaysAsItIs() throws {
    let fixture = try ResumeFixture()
    let whole = try fixture.finish("run", ResumeFixture.flags, ranks: 2)
    XCTAssertEqual(whole.status, 0, whole.report)
    let (digest, metrics) = (try fixture.digest("run"), try fixture.metrics("run"))
    let store = CheckpointStore(directory: fixture.output("run") + "/checkpoints")
    let file = URL(fileURLWithPath: store.checkpoint(ofStep: 12).path + "/training.safetensors")
    var data = try Data(contentsOf: file)
    data[data.count / 2] ^= 8
    try data.write(to: file)

    let resumed = try fixture.finish("run", ["--resume"], ranks: 2)
    XCTAssertEqual(resumed.status, 0, resumed.report)
    XCTAssertTrue(resumed.standardError.contains("step-12/training.safetensors"), resumed.report)
    XCTAssertTrue(resumed.standardError.contains("going on after step 10"), resumed.report)
    XCTAssertEqual(try fixture.digest("run"), digest)
    XCTAssertEqual(try fixture.metrics("run"), metrics)
    XCTAssertNoThrow(try store.checkpoint(ofStep: 12).verify())

    let again = try fixture.finish("run", ["--resume"], ranks: 1)
    XCTAssertEqual(again.status, 0, again.report)
    XCTAssertEqual(try fixture.digest("run"), digest)
    XCTAssertEqual(try fixture.metrics("run"), metrics)
    try assertPrivate(fixture.output("run"))
  }

  func testARunGoesOnFromAPathIntoAnotherFolder() throws {
    let fixture = try ResumeFixture()
    try cutRun(fixture, "run")
    let path = fixture.output("run") + "/checkpoints/step-10"
    let result = try fixture.finish("other", ["--resume", path], ranks: 2)
    XCTAssertEqual(result.status, 0, result.report)
    let own = try fixture.finish("run", ["--resume"], ranks: 1)
    XCTAssertEqual(own.status, 0, own.report)
    XCTAssertEqual(try fixture.digest("other"), try fixture.digest("run"))
    for name in ["vocab.txt", "configuration.yaml"] {
      XCTAssertTrue(FileManager.default.fileExists(atPath: fixture.output("other") + "/" + name))
    }
    XCTAssertEqual(
      try fixture.metrics("other"),
      try fixture.metrics("run").filter {
        ["11", "12"].contains($0.split(separator: " ")[1])
      })
  }

  /// The run's own studies with a word more in one report.
  private func otherStudies(_ fixture: ResumeFixture) throws -> String {
    let copy = fixture.folder.file("copy")
    try FileManager.default.copyItem(
      atPath: fixture.folder.file("synthetic-64-10-1"), toPath: copy)
    let names = try FileManager.default.subpathsOfDirectory(atPath: copy).sorted()
    let report = try XCTUnwrap(names.first { $0.hasSuffix(".txt") && $0.contains("/s") })
    let handle = try XCTUnwrap(FileHandle(forWritingAtPath: copy + "/" + report))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(" unchanged.\n".utf8))
    return copy
  }

  private var otherKernel: String {
    var computing = Configuration.Computing()
    computing.blas = .openblas
    let kernel = try? BuildRecord.current(computing).blasKernel
    return kernel == "Sandybridge" ? "Nehalem" : "Sandybridge"
  }

  /// A run's files may hold what it was trained on.
  private func assertPrivate(_ output: String) throws {
    let files = FileManager.default
    for name in [""] + (try files.subpathsOfDirectory(atPath: output)) {
      let attributes = try files.attributesOfItem(atPath: output + "/" + name)
      let type = attributes[.type] as? FileAttributeType
      guard type != .typeSymbolicLink else { continue }
      XCTAssertEqual(
        attributes[.posixPermissions] as? Int, type == .typeDirectory ? 0o700 : 0o600, name)
    }
  }
}
