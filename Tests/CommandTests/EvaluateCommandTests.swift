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
    try expectWellFormed(String(decoding: try folder.data("figures/roc.svg"), as: UTF8.self))
  }

  func testAFolderWithAFileForEachClass() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("classes"), withIntermediateDirectories: false)
    _ = try folder.write(Data("1\t0.9\n0\t0.2\n1\t0.6\n0\t0.7\n".utf8), to: "classes/Mass.txt")
    _ = try folder.write(Data("0\t0.1\n1\t0.2\n-1\t0.3\n0\t0.4\n".utf8), to: "classes/Edema.txt")
    let result = try runProgram(
      try builtProgram("refers-mpi"),
      ["evaluate", "--predictions", folder.file("classes"), "--figures", folder.file("figures")])
    XCTAssertEqual(result.status, 0, result.report)
    for (name, area) in [("Mass", "0.750"), ("Edema", "0.500")] {
      let line = result.lines.first { $0.hasPrefix(name + " ") }
      XCTAssertTrue(line?.contains(" \(area) ") ?? false, result.report)
    }
    try expectWellFormed(String(decoding: try folder.data("figures/roc.svg"), as: UTF8.self))
  }

  func testAnExperiment() throws {
    let folder = try TemporaryFolder()
    for (method, areas) in [("REFERS", [0.8, 0.84, 0.82]), ("scratch <0>", [0.7, 0.72, 0.73])] {
      for (place, area) in areas.enumerated() {
        for ratio in [0.1, 1.0] {
          try save(method, draw: place + 1, ratio: ratio, area: area + ratio / 100, in: folder)
        }
      }
    }
    let program = try builtProgram("refers-mpi")
    let result = try runProgram(
      program,
      [
        "evaluate", "--experiment", folder.file("runs"), "--published", "--figures",
        folder.file("figures"), "--json", folder.file("a.json"), "--markdown", folder.file("a.md"),
      ])
    XCTAssertEqual(result.status, 0, result.report)
    let own = result.lines.first { $0.hasPrefix("REFERS ") }
    XCTAssertTrue(own?.contains("82.1 ± 2.0") ?? false, result.report)
    XCTAssertTrue(result.standardOutput.contains("p, REFERS against scratch <0>"), result.report)
    XCTAssertTrue(result.standardOutput.contains("not comparable"), result.report)
    let figure = try folder.data("figures/label-ratio-set.svg")
    try expectWellFormed(String(decoding: figure, as: UTF8.self))
    let json = try JSONSerialization.jsonObject(with: folder.data("a.json")) as? [String: Any]
    XCTAssertEqual((json?["targets"] as? [Any])?.count, 1)
    XCTAssertTrue(String(decoding: try folder.data("a.md"), as: UTF8.self).contains("| REFERS |"))
    let unknown = try runProgram(
      program, ["evaluate", "--experiment", folder.file("runs"), "--reference", "nope"])
    XCTAssertEqual(unknown.status, 1, unknown.report)
    XCTAssertTrue(unknown.standardError.contains("There is no method nope."), unknown.report)
  }

  /// Writes a result as `finetune` does.
  private func save(
    _ method: String, draw: Int, ratio: Double, area: Double, in folder: TemporaryFolder
  ) throws {
    let name = "runs/\(method.prefix(3))-\(draw)-\(ratio)"
    try FileManager.default.createDirectory(
      atPath: folder.file(name), withIntermediateDirectories: true)
    let result: [String: Any] = [
      "method": method, "target": "set", "task": "multi_label", "classes": ["Mass"],
      "label_ratio": ratio, "draw": draw, "seed": 1, "learning_rate": 0.001,
      "training_images": 10, "validation_images": 5, "test_images": 8, "best_step": 1, "steps": 2,
      "validation_auc": 0.5, "test_auc": area, "class_auc": ["Mass": area], "test_digest": "ab",
    ]
    _ = try folder.write(
      JSONSerialization.data(withJSONObject: result), to: name + "/result.json")
  }

  func testThresholdsOfAFolderWithAFileForEachClass() throws {
    let folder = try TemporaryFolder()
    for part in ["test", "valid"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(part), withIntermediateDirectories: true)
      _ = try folder.write(Data("0\t0.1\n1\t0.3\n0\t0.2\n1\t0.4\n".utf8), to: part + "/Mass.txt")
    }
    let result = try runProgram(
      try builtProgram("refers-mpi"),
      [
        "evaluate", "--predictions", folder.file("test"), "--validation", folder.file("valid"),
        "--json", folder.file("a.json"),
      ])
    XCTAssertEqual(result.status, 0, result.report)
    let json = String(decoding: try folder.data("a.json"), as: UTF8.self)
    XCTAssertTrue(json.contains("\"threshold\" : 0.3"), json)
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
      ([bad], "Line 4"), ([path, "--against", short], "4 images, but c.csv has 2"),
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
      ["a", "--threshold", "best"], ["a", "--published"], ["a", "--reference", "b"],
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
