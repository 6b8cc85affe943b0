import Foundation
import TestSupport
import XCTest

final class EvaluateCommandTests: XCTestCase {
  private let table = """
    image,Mass,Hernia,label:Mass,label:Hernia
    1.png,0.9,0.1,1,0
    2.png,0.2,0.2,0,0
    3.png,0.6,0.3,1,
    4.png,0.7,0.4,0,0

    """

  func testItPrintsAndWritesFigures() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Data(table.utf8), to: "a.csv")
    let other = try folder.write(Data(table.replacing("0.6", with: "0.8").utf8), to: "b.csv")
    let result = try runProgram(
      try builtProgram("refers-mpi"),
      [
        "evaluate", path, "--against", other, "--json", folder.file("a.json"), "--markdown",
        folder.file("a.md"), "--figures", folder.file("figures"),
      ])
    XCTAssertEqual(result.status, 0, result.report)
    let mass = result.lines.first { $0.hasPrefix("Mass ") }
    XCTAssertTrue(mass?.contains(" 0.750 ") ?? false, result.report)
    XCTAssertTrue(result.standardOutput.contains("having one value: Hernia."), result.report)
    XCTAssertTrue(result.standardOutput.contains("1 label is not known"), result.report)
    XCTAssertTrue(result.standardOutput.contains("p (DeLong)"), result.report)
    let json = try JSONSerialization.jsonObject(with: folder.data("a.json")) as? [String: Any]
    XCTAssertNotNil(json?["runs"])
    XCTAssertNotNil(json?["comparison"])
    XCTAssertTrue(String(decoding: try folder.data("a.md"), as: UTF8.self).contains("| Mass |"))
    XCTAssertTrue(
      String(decoding: try folder.data("figures/roc.svg"), as: UTF8.self).contains("<svg"))
  }

  func testAFailureIsOneSentence() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Data(table.utf8), to: "a.csv")
    let bad = try folder.write(Data(table.replacing("0.6", with: "nan").utf8), to: "b.csv")
    let short = try folder.write(
      Data(
        table.split(separator: "\n").prefix(3)
          .joined(separator: "\n").utf8), to: "c.csv")
    for (arguments, word) in [
      ([bad], "Line 4"), ([path, "--against", short], "4 images, but prediction file 2 has 2"),
      (["--experiment", folder.path], "There is no result.json"),
      (["--predictions", folder.file("nowhere")], "cannot be opened"),
    ] {
      let result = try runProgram(try builtProgram("refers-mpi"), ["evaluate"] + arguments)
      XCTAssertEqual(result.status, 1, result.report)
      XCTAssertTrue(result.standardError.hasPrefix("error: "), result.report)
      XCTAssertTrue(result.standardError.contains(word), result.report)
      XCTAssertEqual(result.standardError.split(separator: "\n").count, 1, result.report)
    }
  }

  func testOptionsAreChecked() throws {
    let program = try builtProgram("refers-mpi")
    for arguments in [
      [], ["a", "--experiment", "b"], ["--experiment", "b", "--against", "c"],
      ["a", "b", "--validation", "c"], ["a", "--specificity", "1.1"], ["a", "--samples", "-1"],
      ["a", "--threshold", "best"], ["a", "--published"],
    ] {
      let result = try runProgram(program, ["evaluate"] + arguments)
      XCTAssertEqual(result.status, 64, "\(arguments): \(result.report)")
    }
  }

  func testItRefusesManyRanks() throws {
    let result = try mpirun(np: 2, try builtProgram("refers-mpi"), ["evaluate", "x.csv"])
    XCTAssertNotEqual(result.status, 0)
    let said = result.standardError.components(separatedBy: "Start it without mpirun").count - 1
    XCTAssertEqual(said, 1, result.report)
  }
}
