import Foundation
import REFERS
import TestSupport
import XCTest

/// What users give that cannot be used, as commands on one rank and on two: one clear error, said
/// once, or the replacement that is promised.
final class BadInputTests: XCTestCase {
  private static let header = "study_id,images,report,split\n"

  func testEachHasItsOneError() throws {
    let folder = try TemporaryFolder()
    let studies = try StudyFolder(folder.path, count: 4)
    func manifest(_ name: String, _ text: String) throws -> [String] {
      ["--manifest", try folder.write(Data(text.utf8), to: name)]
    }
    let rows = Self.header + studies.rows.joined()
    try FileManager.default.createDirectory(
      atPath: folder.file("taken/checkpoints"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: folder.file("folder.jpg"), withIntermediateDirectories: true)
    _ = try folder.write(Data("no picture".utf8), to: "text.jpg")
    let utf16 = try folder.write(try XCTUnwrap(rows.data(using: .utf16)), to: "utf16.csv")
    let cases: [([String], String)] = [
      (["--data", folder.file("none")], "does not exist"),
      (["--data", folder.file("taken")], "no layout that is known"),
      (["--manifest", folder.file("none.csv")], "cannot be opened"),
      (try manifest("empty.csv", ""), "is empty"),
      (try manifest("ragged.csv", rows + "9,a.jpg\n"), "Line 6 of the manifest"),
      (try manifest("quote.csv", rows + "9,\"a.jpg,all is well,train\n"), "never closed"),
      (try manifest("twice.csv", rows + "1,a.jpg,all is well,train\n"), "repeats the study_id"),
      (try manifest("bare.csv", rows + "9,,all is well,train\n"), "Line 6 of the manifest"),
      (try manifest("up.csv", rows + "9,../a.jpg,all is well,train\n"), "outside of the folder"),
      (try manifest("abs.csv", rows + "9,/etc/hosts,all is well,train\n"), "outside of the folder"),
      (
        try manifest("gone.csv", rows + "9,a.jpg,all is well,train\n"), "image 1 of study 4 (line 6"
      ),
      (try manifest("dir.csv", rows + "9,folder.jpg,all is well,train\n"), "not a plain file"),
      (try manifest("text.csv", rows + "9,text.jpg,all is well,train\n"), "data.bad_images"),
      (["--manifest", utf16], "begins like UTF-16"),
      (
        try manifest("a.csv", rows) + ["--set", "data.bad_image=1"], "Did you mean data.bad_images?"
      ),
      (try manifest("b.csv", rows) + ["--set", "data.bad_images=2"], "data.bad_images cannot be"),
      (try manifest("c.csv", rows) + ["--output", folder.file("taken")], "holds an earlier run"),
    ]
    for (number, (arguments, wanted)) in cases.enumerated() {
      for ranks in [1, 2] {
        let output = ["--output", folder.file("run-\(number)-\(ranks)")]
        let result = try studies.pretrain(
          output + ["--set", "data.bad_images=0"] + arguments, ranks: ranks)
        let name = "\(wanted), \(ranks) ranks"
        XCTAssertNotEqual(result.status, 0, name)
        XCTAssertFalse(result.timedOut, name)
        let errors = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error") }
        XCTAssertEqual(errors.count, 1, "\(name): \(result.report)")
        XCTAssertTrue(errors.first?.contains(wanted) ?? false, "\(name): \(result.report)")
        for word in ["Fatal", "hosts", "text.jpg", "folder.jpg"] {
          XCTAssertFalse(result.standardError.contains(word), "\(name): \(result.report)")
        }
      }
    }
  }

  /// The model is that of the same studies without the images that cannot be decoded.
  func testImagesThatCannotBeDecodedAreReplacedAndListed() throws {
    let folder = try TemporaryFolder()
    let studies = try StudyFolder(folder.path, count: 8)
    let whole = try folder.data(studies.images[0])
    _ = try folder.write(whole.prefix(whole.count / 2), to: "short.jpg")
    _ = try folder.write(Data("no picture".utf8), to: "text.jpg")
    _ = try folder.write(Data(), to: "empty.jpg")
    let png = try StudyFolder.fixture("gray8.png")
    _ = try folder.write(png.prefix(png.count - 20), to: "short.png")
    _ = try folder.write(try StudyFolder.fixture("broken-huge.png"), to: "huge.png")
    let bad = ["short.jpg", "text.jpg", "short.png", "huge.png", "empty.jpg"]
    var rows = studies.rows
    for (index, name) in bad.dropLast().enumerated() {
      // Before the whole image in some studies, behind it in others: files are sorted by name.
      rows[index] = rows[index].replacingOccurrences(of: ",images/", with: ",\(name);images/")
    }
    rows.append("9,empty.jpg;text.jpg,A study with no image.,train\n")
    let given = try folder.write(Data((Self.header + rows.joined()).utf8), to: "bad.csv")
    let clean = try folder.write(Data((Self.header + studies.rows.joined()).utf8), to: "good.csv")
    func digest(_ output: String) throws -> String {
      try sha256(ofFile: folder.file("\(output)/checkpoints/last/model.safetensors"))
    }
    let reference = try studies.pretrain(
      ["--manifest", clean, "--output", folder.file("good")], ranks: 1)
    XCTAssertEqual(reference.status, 0, reference.report)
    XCTAssertFalse(FileManager.default.fileExists(atPath: folder.file("good/quarantine.csv")))
    for ranks in [1, 2] {
      let output = "bad-\(ranks)"
      let result = try studies.pretrain(
        ["--manifest", given, "--output", folder.file(output), "--set", "data.bad_images=0.9"],
        ranks: ranks)
      XCTAssertEqual(result.status, 0, result.report)
      XCTAssertEqual(try digest(output), try digest("good"), "\(ranks) ranks")
      let said = result.standardError.components(separatedBy: "is left out: ").count - 1
      XCTAssertEqual(said, 6, result.report)
      XCTAssertTrue(
        result.standardError.contains("image 1 of study 8 (line 10 of the manifest) is left out"),
        result.report)
      XCTAssertTrue(result.standardError.contains("1 study is left out"), result.report)
      for name in bad { XCTAssertFalse(result.report.contains(name), result.report) }
      let list = folder.file("\(output)/quarantine.csv")
      let reader = try CSVReader(path: list, name: "The list")
      XCTAssertEqual(reader.header, ["study", "image", "path", "reason"])
      var listed: [String] = []
      while let row = try reader.next() { listed.append((row[2] as NSString).lastPathComponent) }
      XCTAssertEqual(listed.sorted(), (bad + ["text.jpg"]).sorted())
      let mode = try FileManager.default.attributesOfItem(atPath: list)[.posixPermissions]
      XCTAssertEqual((mode as? NSNumber)?.intValue, 0o600)
    }
    // A run that goes on with the same files knows them and says it in one line.
    let again = try studies.pretrain(
      [
        "--resume", "--output", folder.file("bad-2"), "--manifest", given, "--set",
        "data.bad_images=0.9",
      ], ranks: 1)
    XCTAssertEqual(again.status, 0, again.report)
    XCTAssertFalse(again.standardError.contains("is left out: "), again.report)
    XCTAssertTrue(again.standardError.contains("6 of 14 images cannot be decoded"), again.report)
  }

  func testReportsInOtherEncodings() throws {
    let folder = try TemporaryFolder()
    let studies = try StudyFolder(folder.path, count: 4)
    let table = try FileManager.default.contentsOfDirectory(atPath: folder.file("images"))
    XCTAssertTrue(table.contains { $0.contains("split") })
    let text = "FINDINGS: C\u{E9}lula normal, lungs are clear. IMPRESSION: Normal."
    let reports = studies.reports.prefix(2).map { "images/" + $0 }
    _ = try folder.write(Data(text.unicodeScalars.map { UInt8($0.value) }), to: reports[0])
    _ = try folder.write(try XCTUnwrap(text.data(using: .utf16)), to: reports[1])
    for ranks in [1, 2] {
      let result = try studies.pretrain(
        ["--data", folder.file("images"), "--output", folder.file("run-\(ranks)")], ranks: ranks)
      XCTAssertEqual(result.status, 0, result.report)
      let said = result.standardError.components(separatedBy: "read as Latin-1").count - 1
      XCTAssertEqual(said, 1, result.report)
      XCTAssertFalse(result.report.contains("lula"))
    }
    _ = try folder.write(Data([0x46, 0, 0x49, 0]), to: reports[0])
    for ranks in [1, 2] {
      let result = try studies.pretrain(
        ["--data", folder.file("images"), "--output", folder.file("no-\(ranks)")], ranks: ranks)
      XCTAssertNotEqual(result.status, 0)
      let errors = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error") }
      XCTAssertEqual(errors.count, 1, result.report)
      XCTAssertTrue(errors.first?.contains("zero bytes") ?? false, result.report)
    }
  }
}

/// Synthesized studies in images/ below a folder, and rows of a manifest that list them.
private struct StudyFolder {
  let path: String
  /// One image of each study, relative to the folder.
  let images: [String]
  /// Reports, relative to images/.
  let reports: [String]
  let rows: [String]

  init(_ path: String, count: Int) throws {
    self.path = path
    let made = try runProgram(
      try builtProgram("refers-mpi"),
      [
        "synthesize", "--train", String(count - 1), "--validate", "1", "--test", "0", "--output",
        path + "/images",
      ])
    XCTAssertEqual(made.status, 0, made.report)
    let names = try FileManager.default.subpathsOfDirectory(atPath: path + "/images").sorted()
    reports = names.filter { $0.hasSuffix(".txt") && $0.contains("/s") }
    images = reports.compactMap { report in
      names.first { $0.hasPrefix(report.dropLast(4) + "/") && $0.hasSuffix(".jpg") }
    }.map { "images/" + $0 }
    XCTAssertEqual(images.count, count)
    rows = images.enumerated().map { number, image in
      "\(number),\(image),Study \(number) shows clear lungs.,"
        + (number % 4 == 3 ? "validate" : "train") + "\n"
    }
  }

  func pretrain(_ arguments: [String], ranks: Int) throws -> ProgramResult {
    let all =
      ["pretrain"]
      + (arguments.contains("--resume")
        ? [] : smallModelOptions + ["--steps", "2", "--batch", "4"])
      + arguments
    let program = try builtProgram("refers-mpi")
    return ranks == 1 ? try runProgram(program, all) : try mpirun(np: ranks, program, all)
  }

  static func fixture(_ name: String) throws -> Data {
    try Data(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/images/\(name)"))
  }
}
