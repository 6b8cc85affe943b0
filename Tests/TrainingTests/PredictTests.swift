import Foundation
import TestSupport
import XCTest

/// `refers-mpi predict` on classifiers of random weights.
final class PredictTests: XCTestCase {
  func testAFolderOnAnyRanksAndThreads() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let images = try fixture.images(25, in: folder)
    let first = try predict(fixture.model("multi-class"), [images], folder, np: 1, threads: 1)
    let rows = try csvRows(first.path)
    XCTAssertEqual(rows[0], ["image", "normal", "viral", "bacterial"])
    let names = rows.dropFirst().map { $0[0] }
    XCTAssertEqual(names.count, 25)
    XCTAssertEqual(names, names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    XCTAssertTrue(names.contains("a/deep/1.jpg") && names.contains("b/0.JPG"))
    for row in rows.dropFirst() {
      let values = row.dropFirst().compactMap(Double.init)
      XCTAssertEqual(values.count, 3)
      XCTAssertEqual(values.reduce(0, +), 1, accuracy: 1e-6)
    }
    XCTAssertGreaterThan(Set(rows.map { $0[1] }).count, 20, "images differ")
    XCTAssertEqual(try permissions(first.path), 0o600)
    XCTAssertTrue(first.result.standardError.contains("1 file that ends otherwise"))
    withEvery("np", [1, 2, 3], "threads", [1, 2]) { np, threads in
      let other = try predict(
        fixture.model("multi-class"), [images], folder, np: np, threads: threads)
      expectEqual(try csvRows(other.path), rows)
    }
  }

  func testTheRowsOfATableKeepTheirOrder() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    _ = try fixture.images(6, in: folder)
    let wanted = ["images/2.jpeg", "images/b/3.JPG", "images/2.jpeg", "images/a/deep/1.jpg"]
    let table = "note,image\n" + wanted.map { "\"a, b\",\($0)\n" }.joined()
    let list = try folder.write(Data(table.utf8), to: "list.csv")
    let made = try predict(fixture.model("multi-label"), [list], folder)
    let text = try String(contentsOfFile: made.path, encoding: .utf8)
    XCTAssertTrue(text.hasPrefix("image,Edema,\"Nodule, or mass\",Fracture\n"), text)
    let rows = try csvRows(made.path).dropFirst()
    XCTAssertEqual(rows.map { $0[0] }, wanted)
    for row in rows {
      for value in row.dropFirst() {
        XCTAssertTrue((0.0...1).contains(try XCTUnwrap(Double(value))))
      }
    }
    // A file by itself, another after it: in the order of the arguments.
    let files = ["b/3.JPG", "2.jpeg"].map { folder.file("images/\($0)") }
    let byName = try csvRows(try predict(fixture.model("multi-label"), files, folder).path)
    XCTAssertEqual(byName.dropFirst().map { $0[0] }, files)
  }

  /// Tables as those of labelled images: the same names of columns, the same folder.
  func testTablesOfOtherForms() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let images = try fixture.images(4, in: folder)
    let elsewhere = try TemporaryFolder()
    func names(_ table: String, _ flags: [String] = []) throws -> [String] {
      let list = try elsewhere.write(Data(table.utf8), to: "list.csv")
      let made = try predict(fixture.model("multi-label"), [list] + flags, folder)
      return try csvRows(made.path).dropFirst().map { $0[0] }
    }
    let flags = ["--images", images]
    XCTAssertEqual(try names("filename\n2.jpeg\n", flags), ["2.jpeg"])
    XCTAssertEqual(
      try names("study_id,images\na,2.jpeg; b/0.JPG\nb,a/deep/1.jpg\n", flags),
      ["2.jpeg", "b/0.JPG", "a/deep/1.jpg"])
    XCTAssertEqual(try names("image_path\n\(images)/2.jpeg\n", flags), ["\(images)/2.jpeg"])
    for (table, flags, words) in [
      ("image\n\(images)/2.jpeg\n", [], "outside of the folder"),
      ("images\n2.jpeg;;b/0.JPG\n", flags, "Line 2 of the table"),
    ] {
      let list = try elsewhere.write(Data(table.utf8), to: "list.csv")
      let result = try refersMPI(["predict", fixture.model("multi-label"), list] + flags)
      XCTAssertEqual(result.status, 1, result.report)
      XCTAssertTrue(result.standardError.contains(words), result.report)
    }
    let unused = try refersMPI(["predict", "x", "y.jpg", "--images", "z"])
    XCTAssertEqual(unused.status, 64, unused.report)
  }

  func testImagesThatCannotBeDecodedHaveNoRow() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let images = try fixture.images(9, in: folder)
    let whole = try csvRows(try predict(fixture.model("multi-label"), [images], folder).path)
    for (name, text) in [("aa.jpg", "no image"), ("zz.png", "")] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(images)/\(name)"))
    }
    withEvery("np", [1, 2]) { np in
      let made = try predict(
        fixture.model("multi-label"), [images, "--bad-images", "0.2"], folder, np: np)
      expectEqual(try csvRows(made.path).map { $0[0] }, whole.map { $0[0] })
      let said = made.result.standardError
      // In the order of the bytes, a/ comes before aa.jpg, and zz.png last.
      for number in [7, 11] {
        expect(
          said.contains("image \(number) is left out: The image is neither JPEG nor PNG."), said)
      }
      expectEqual(said.components(separatedBy: "is left out").count - 1, 2)
      expect(!said.contains("aa.jpg"), said)
      let refused = try refersMPI(
        ["predict", fixture.model("multi-label"), images, "--output", folder.file("none.csv")],
        np: np)
      expect(refused.status != 0, refused.report)
      expect(refused.standardError.contains("2 of 11 images cannot be decoded"), refused.report)
      expectEqual(FileManager.default.fileExists(atPath: folder.file("none.csv")), false)
    }
  }

  func testWhatCannotBePredictedWith() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let images = try fixture.images(3, in: folder)
    let empty = folder.file("empty")
    try FileManager.default.createDirectory(
      atPath: empty, withIntermediateDirectories: false)
    let table = try folder.write(Data("scan\nx.jpg\n".utf8), to: "table.csv")
    for (model, input, words) in [
      (fixture.pretrained, images, "Fine-tune it first"),
      (fixture.model("wordless"), images, "has no head"),
      (fixture.model("headless"), images, "missing 'head.weight', 'head.bias'"),
      (fixture.model("other-size"), images, "F32 [1, 1, 48], not F32 [1, 1, 96]"),
      (folder.file("none"), images, "There is no"),
      (images, images, "is no checkpoint and holds none"),
      (fixture.model("multi-label"), empty, "There is no image in"),
      (fixture.model("multi-label"), folder.file("none.jpg"), "There is no"),
      (fixture.model("multi-label"), table, "has no column image"),
    ] {
      withEvery("np", [1, 2]) { np in
        let result = try refersMPI(
          ["predict", model, input, "--output", folder.file("p.csv")], np: np)
        expect(result.status != 0, "\(words): \(result.report)")
        expectEqual(result.standardError.components(separatedBy: words).count, 2, result.report)
      }
    }
  }

  func testADamagedCheckpointIsRefused() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let images = try fixture.images(3, in: folder)
    let copy = folder.file("step-3")
    try FileManager.default.copyItem(
      atPath: fixture.model("multi-label") + "/checkpoints/step-3", toPath: copy)
    let file = URL(fileURLWithPath: copy + "/model.safetensors")
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count - 5] ^= 1
    try bytes.write(to: file)
    let result = try refersMPI(["predict", copy, images, "--output", folder.file("p.csv")])
    XCTAssertEqual(result.status, 1, result.report)
    XCTAssertTrue(result.standardError.contains("its SHA-256 differs"), result.report)
  }

  private func predict(
    _ model: String, _ arguments: [String], _ folder: TemporaryFolder, np: Int = 1,
    threads: Int = 1, line: UInt = #line
  ) throws -> (path: String, result: ProgramResult) {
    let path = folder.file("predictions-\(UUID().uuidString).csv")
    let result = try refersMPI(
      ["predict", model] + arguments + ["--output", path], np: np, threads: threads)
    XCTAssertEqual(result.status, 0, result.report, line: line)
    return (path, result)
  }
}
