import Foundation
import TestSupport
import XCTest

/// `pretrain` up to the point where it would look for its data.
final class ConfigurationCommandTests: XCTestCase {
  private var folder = URL(fileURLWithPath: "/")

  override func setUpWithError() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("refers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  override func tearDownWithError() throws { try FileManager.default.removeItem(at: folder) }

  func testAnUnknownNameEndsTheRunAndOffersTheNearest() throws {
    try assertError(
      ["--set", "traning.batch=3"],
      "--set: A configuration has no \"traning.batch\". Did you mean training.batch?")
    try assertError(
      ["--set", "learning_rate.decoder=3"],
      "--set: A configuration has no \"learning_rate.decoder\". "
        + "Did you mean optimizer.learning_rate.decoder?")
    let file = try write("seed: 1\nmodel:\n  fusoin: none\n")
    try assertError(
      ["--config", file],
      "\(file):3: A configuration has no \"model.fusoin\". Did you mean model.fusion?")
  }

  func testAWrongTypeEndsTheRunAndNamesWhatIsAllowed() throws {
    try assertError(
      ["--set", "optimizer.name=adam"],
      "--set: optimizer.name cannot be \"adam\" (text). Give one of sgd, adamw.")
    try assertError(
      ["--batch", "0"],
      "--batch: training.batch cannot be \"0\" (a whole number). "
        + "Give a whole number from 1 to 1000000.")
    let file = try write("logging:\n  tensorboard: 1\n")
    try assertError(
      ["--config", file],
      "\(file):2: logging.tensorboard cannot be \"1\" (a whole number). Give true or false.")
  }

  func testValuesThatDoNotGoTogetherEndTheRun() throws {
    try assertError(
      ["--data", "a", "--manifest", "b"],
      "data.path is a (--data), data.manifest is b (--manifest). Give one of them.")
  }

  func testAMissingFileEndsTheRun() throws {
    let file = folder.appendingPathComponent("none.yaml").path
    try assertError(
      ["--config", file],
      "\(file): The configuration cannot be read. "
        + "Check that the file exists and that you may read it.")
  }

  func testAnUnknownFlagIsAMistakeOfUsage() throws {
    let result = try pretrain(["--stepps", "3"])
    XCTAssertEqual(result.status, 64, result.report)
    XCTAssertTrue(
      result.standardError.hasPrefix("Error: Unknown option '--stepps'. Did you mean '--steps'?"),
      result.report)
  }

  func testFlagsWinOverTheFileAndSetOverFlags() throws {
    let file = try write("preset: small\nseed: 2\ntraining:\n  batch: 5\n  steps: 600\n")
    // Without studies the run ends once the configuration is printed.
    let result = try pretrain([
      "--config", file, "--batch", "6", "--steps", "700", "--set", "training.steps=800",
      "--mode", "paper", "--manifest", folder.appendingPathComponent("none.csv").path,
      "--output", folder.appendingPathComponent("run").path,
    ])
    XCTAssertNotEqual(result.status, 0)
    let rows = result.lines.map { $0.split(separator: " ", omittingEmptySubsequences: true) }
    func row(_ path: String) -> String {
      rows.first { $0.first.map(String.init) == path }?.dropFirst().joined(separator: " ") ?? ""
    }
    XCTAssertEqual(row("preset"), "small \(file):1")
    XCTAssertEqual(row("mode"), "paper --mode")
    XCTAssertEqual(row("seed"), "2 \(file):2")
    XCTAssertEqual(row("training.batch"), "6 --batch")
    XCTAssertEqual(row("training.steps"), "800 --set")
    XCTAssertEqual(row("model.radiograph.width"), "384 preset small")
    XCTAssertEqual(row("model.radiograph.activation"), "relu mode paper")
    XCTAssertEqual(row("model.radiograph.patch"), "16 default")
  }

  func testUnderMPIOneRankSaysWhatIsWrongAndAllEnd() throws {
    for arguments in [["--set", "batch=3"], ["--unknown"]] {
      let result = try mpirun(
        np: 3, try builtProgram("refers-mpi"), ["pretrain"] + arguments, timeout: 60)
      XCTAssertFalse(result.timedOut, result.report)
      XCTAssertNotEqual(result.status, 0, result.report)
      let messages = result.standardError.split(separator: "\n")
        .filter { $0.lowercased().hasPrefix("error: ") }
      XCTAssertEqual(messages.count, 1, result.report)
      XCTAssertEqual(result.standardOutput, "")
    }
  }

  private func pretrain(_ arguments: [String]) throws -> ProgramResult {
    try runProgram(try builtProgram("refers-mpi"), ["pretrain"] + arguments)
  }

  private func assertError(_ arguments: [String], _ message: String, line: UInt = #line) throws {
    let result = try pretrain(arguments)
    XCTAssertEqual(result.status, 1, result.report, line: line)
    XCTAssertEqual(result.standardError, "error: \(message)\n", line: line)
    XCTAssertEqual(result.standardOutput, "", line: line)
  }

  private func write(_ yaml: String) throws -> String {
    let file = folder.appendingPathComponent("run.yaml")
    try Data(yaml.utf8).write(to: file)
    return file.path
  }
}
