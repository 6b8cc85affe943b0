import Diagnostics
import Foundation
import REFERS
import XCTest

final class CSVReaderTests: XCTestCase {
  /// All rows of a text, header first.
  private func rows(_ text: String) throws -> [[String]] { try rows(Data(text.utf8)) }

  private func rows(_ data: Data, name: String = "a.csv") throws -> [[String]] {
    let folder = try DataFolder()
    let reader = try CSVReader(path: folder.write(data, to: name), name: "The table")
    var rows = [reader.header]
    while let row = try reader.next() { rows.append(row) }
    return rows
  }

  func testReadsWhatRFC4180Allows() throws {
    let wanted = [["a", "b"], ["1", "x,y"], ["2", "say \"hi\"\nthere"], ["", ""]]
    let text = "a,b\n1,\"x,y\"\n2,\"say \"\"hi\"\"\nthere\"\n,\n"
    XCTAssertEqual(try rows(text), wanted)
    XCTAssertEqual(try rows("\u{FEFF}" + text), wanted, "byte order mark")
    XCTAssertEqual(try rows(String(text.dropLast())), wanted, "no newline at the end")
    let crlf = text.replacingOccurrences(of: "\n", with: "\r\n")
    XCTAssertEqual(
      try rows(crlf).map { $0.map { $0.replacingOccurrences(of: "\r\n", with: "\n") } }, wanted)
    XCTAssertEqual(try rows("a,b\n\n1,2\n\n\n"), [["a", "b"], ["1", "2"]], "blank lines")
    XCTAssertEqual(try rows("a,b\n1,\"\""), [["a", "b"], ["1", ""]], "empty quotes at the end")
    XCTAssertEqual(try rows("a,b\n\"\",2"), [["a", "b"], ["", "2"]], "empty quotes first")
    XCTAssertEqual(try rows("a,,\n1,2,3"), [["a", "", ""], ["1", "2", "3"]], "nameless columns")
  }

  func testNamesOfColumns() throws {
    XCTAssertEqual(try rows(" a ,\"b\t\"\n 1 ,2\n"), [["a", "b"], [" 1 ", "2"]])
    for (text, name) in [("a;b\n1;2\n", "semicolons"), ("a\tb\n1\t2,5\n", "tabs")] {
      let failure = caught { _ = try self.rows(text) }
      XCTAssertTrue(failure?.message.contains("separated by \(name)") ?? false, name)
    }
    XCTAssertEqual(try rows("a;b,c\n1,2\n"), [["a;b", "c"], ["1", "2"]])
  }

  /// NIH's table has two such columns, as editors quote the one, the other, or neither.
  func testANameWithACommaMayStandForTwoFields() throws {
    for (text, wanted) in [
      ("a,\"W[x,y]\",b\n1,2,3,4\n", ["1", "2,3", "4"]),
      ("a,\"W[x,y]\",b\n1,2,3,4,\n", ["1", "2,3", "4"]),
      ("a,\"W[x,y]\",b,\n1,2,3,4,\n", ["1", "2,3", "4", ""]),
      ("a,\"W[x,y]\",b,\n1,\"2,3\",4,\n", ["1", "2,3", "4", ""]),
      ("a,\"W[x,y]\",b\n1,\"2,3\",4,,,\n", ["1", "2,3", "4"]),
    ] {
      let reader = try CSVReader(bytes: Array(text.utf8), name: "The table")
      XCTAssertEqual(try reader.next(padded: true), wanted, text)
    }
  }

  func testReadsGzip() throws {
    // printf 'a,b\n1,2\n' | gzip -n, as base64.
    let packed = try XCTUnwrap(Data(base64Encoded: "H4sIAAAAAAAC/0vUSeIy1DHiAgB7B5cKCAAAAA=="))
    XCTAssertEqual(try rows(packed, name: "a.csv.gz"), [["a", "b"], ["1", "2"]])
    let failure = caught { _ = try self.rows(packed.dropLast(10), name: "a.csv.gz") }
    XCTAssertEqual(failure?.code, .file, "cut short")
  }

  func testRowsLongerThanTheBuffer() throws {
    let long = String(repeating: "word, ", count: 40_000)
    XCTAssertEqual(try rows("a,b\n1,\"\(long)\"\n2,x\n"), [["a", "b"], ["1", long], ["2", "x"]])
  }

  func testIrregularFilesAreErrorsThatNameTheLine() throws {
    let cases: [(String, String, String)] = [
      ("", "empty", "empty file"),
      ("\n\n", "empty", "only blank lines"),
      (" \n1\n", "names no column", "a name of white space"),
      ("a,b\n1,2\n1\n", "Line 3", "too few"),
      ("a,b\n\"x\ny\",2\n1,2,3\n", "Line 4", "too many after a field of two lines"),
      ("a,b\n1,2\n1,\"open\n2,3\n", "Line 3", "open quote"),
      ("a,b\n1,x\"y\n", "Line 2", "quote inside"),
      ("a,b\n1,\"x\"y\n", "Line 2", "text after a quote"),
      ("a,b,a\n", "column 3", "repeated column"),
      ("a,b\n1,\u{0}\n", "line 2", "zero byte"),
    ]
    for (text, wanted, label) in cases {
      let failure = caught { _ = try self.rows(text) }
      XCTAssertEqual(failure?.code, .input, label)
      XCTAssertTrue(failure?.message.contains(wanted) ?? false, "\(label): \(failure as Any)")
    }
    for (bytes, label) in [
      (Data("a,b\n1,caf".utf8) + [0xE9, 0x0A], "Latin-1"),
      ("a,b\n1,2\n".data(using: .utf16) ?? Data(), "UTF-16"),
    ] {
      let failure = caught { _ = try self.rows(bytes) }
      XCTAssertTrue(failure?.message.contains("UTF-8") ?? false, label)
    }
  }

  func testUnreadableFiles() throws {
    let folder = try DataFolder()
    for path in [folder.path + "/none.csv", folder.path] {
      let failure = caught { _ = try CSVReader(path: path, name: "The table") }
      XCTAssertEqual(failure?.code, .file)
    }
  }

  func testMissingColumn() throws {
    let folder = try DataFolder()
    let reader = try CSVReader(path: folder.write("a,b\n", to: "a.csv"), name: "The table")
    XCTAssertEqual(try reader.requiredColumn("b"), 1)
    XCTAssertNil(reader.column("c"))
    let failure = caught { _ = try reader.requiredColumn("c") }
    XCTAssertTrue(failure?.message.contains("no column c") ?? false)
  }
}
