import Foundation
import REFERS
import TestSupport
import XCTest

/// `refers-mpi inspect` on a checkpoint that `checkpoint-cases` saved.
final class InspectTests: XCTestCase {
  private let folder = NSTemporaryDirectory() + "/refers-\(UUID().uuidString)"

  override func setUpWithError() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let made = try runProgram(try builtProgram("checkpoint-cases"), [folder + "/run", "9", "10"])
    XCTAssertEqual(made.status, 0, made.report)
  }

  override func tearDownWithError() throws { try FileManager.default.removeItem(atPath: folder) }

  private func inspect(_ path: String) throws -> ProgramResult {
    try runProgram(try builtProgram("refers-mpi"), ["inspect", folder + "/" + path])
  }

  func testACheckpointALinkAFolderOfThemAndARunAreAllUnderstood() throws {
    let paths = [
      "run/checkpoints/step-10", "run/checkpoints/step-10/", "run/checkpoints/last",
      "run/checkpoints/best", "run/checkpoints", "run",
    ]
    for path in paths {
      let result = try inspect(path)
      XCTAssertEqual(result.status, 0, result.report)
      XCTAssertTrue(result.lines.contains("step        10 of 260"), "\(path): \(result.report)")
      XCTAssertEqual(result.standardError, "")
    }
    let older = try inspect("run/checkpoints/step-9")
    XCTAssertTrue(older.lines.contains("step        9 of 260"), older.report)
    XCTAssertTrue(older.standardOutput.contains("4 updates after the slow ones"), older.report)
  }

  func testTensorsAndConfigurationAreListed() throws {
    let text = try inspect("run").standardOutput
    for part in [
      "seed        1", "best        loss 0.100 at step 10", "weights     those that are validated",
      "model.safetensors  SHA-256 ", "  74 tensors, 20,641 values, 82,564 bytes",
      "training.safetensors  SHA-256 ", "  148 tensors, 41,282 values, 165,128 bytes",
      "F32  [36, 12]", "momentum/fusion.mlp.0.bias", "slow/fusion.mlp.0.bias",
      "vocab.txt  SHA-256 ",
    ] { XCTAssertTrue(text.contains(part), "\(part) is not in \(text)") }
    let yaml = try XCTUnwrap(text.components(separatedBy: "\nconfiguration\n").last)
    XCTAssertEqual(
      try Configuration(yaml: yaml, name: "printed").output, folder + "/run")
  }

  func testAFlippedBitInEachFileIsAnErrorThatNamesIt() throws {
    let checkpoint = folder + "/run/checkpoints/step-10/"
    let names = try FileManager.default.contentsOfDirectory(atPath: checkpoint)
    XCTAssertEqual(names.count, 5)
    for name in names {
      let file = URL(fileURLWithPath: checkpoint + name)
      let whole = try Data(contentsOf: file)
      var data = whole
      data[data.count / 2] ^= 1
      try data.write(to: file)
      let result = try inspect("run")
      XCTAssertEqual(result.status, 1, result.report)
      XCTAssertEqual(result.standardOutput, "")
      XCTAssertTrue(result.standardError.hasPrefix("error: "), result.report)
      XCTAssertEqual(result.standardError.split(separator: "\n").count, 1, result.report)
      // What a damaged list of digests accuses is the file on that line of it.
      if name != "SHA256SUMS" {
        XCTAssertTrue(result.standardError.contains("step-10/\(name) "), result.report)
      }
      try whole.write(to: file)
    }
    XCTAssertEqual(try inspect("run").status, 0)
  }

  func testWhatIsNoCheckpointIsAnError() throws {
    for path in ["none", "", "run/checkpoints/step-11"] {
      let result = try inspect(path)
      XCTAssertEqual(result.status, 1, result.report)
      XCTAssertTrue(result.standardError.contains(folder), result.report)
    }
  }
}
