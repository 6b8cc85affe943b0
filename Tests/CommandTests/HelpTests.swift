import Foundation
import TestSupport
import XCTest

final class HelpTests: XCTestCase {
  /// The help of every command is a text of its own in Help/.
  func testHelpOfEveryCommandIsAsWritten() throws {
    let program = try builtProgram("refers-mpi")
    let root = try help(program, [])
    let commands = root.lines.drop { $0 != "SUBCOMMANDS:" }.compactMap { line in
      line.wholeMatch(of: #/  ([a-z-]+)  .*/#).map { String($0.1) }
    }
    XCTAssertEqual(
      commands,
      [
        "pretrain", "finetune", "evaluate", "predict", "embed", "retrieve", "prepare", "inspect",
        "synthesize", "bench",
      ])
    for command in [[]] + commands.map({ [$0] }) {
      let name = command.first ?? "refers-mpi"
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Help/\(name).txt")
      XCTAssertEqual(
        try help(program, command).standardOutput, try String(contentsOf: file, encoding: .utf8),
        "If the change is meant: COLUMNS=80 \(program) \((command + ["--help"]).joined(separator: " ")) > \(file.path)"
      )
    }
  }

  func testWithoutACommandThereIsHelp() throws {
    let program = try builtProgram("refers-mpi")
    let result = try runProgram(program, environment: ["COLUMNS": "80"])
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertEqual(result.standardOutput, try help(program, []).standardOutput)
  }

  func testUnderMPIOneRankSaysIt() throws {
    let program = try builtProgram("refers-mpi")
    let result = try mpirun(np: 3, program, ["pretrain", "--help"], environment: ["COLUMNS": "80"])
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertEqual(result.standardOutput, try help(program, ["pretrain"]).standardOutput)
  }

  private func help(_ program: String, _ command: [String]) throws -> ProgramResult {
    let result = try runProgram(program, command + ["--help"], environment: ["COLUMNS": "80"])
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertEqual(result.standardError, "")
    return result
  }
}
