import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

/// Files that a careless reader would believe.
final class SafetensorsAttackTests: XCTestCase {
  private func file(header: String, data: Int) -> Data {
    let json = Data(header.utf8)
    let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    return length + json + Data(count: data)
  }

  private func tensor(
    _ name: String, _ shape: String, _ offsets: String, type: String = "F32"
  ) -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  /// Expects that `data` is refused with a failure that says `text`.
  private func assertRefused(
    _ data: Data, saying text: String, line: UInt = #line
  ) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(data, to: "attack.safetensors")
    XCTAssertThrowsError(try SafetensorsFile(path: path), line: line) { error in
      XCTAssertEqual((error as? Failure)?.code, .checkpoint, line: line)
      XCTAssertTrue("\(error)".contains(text), "\(error)", line: line)
    }
  }

  private func assertRefused(
    header: String, data: Int, saying text: String, line: UInt = #line
  ) throws {
    try assertRefused(file(header: header, data: data), saying: text, line: line)
  }

  func testAcceptsTheSmallestFilesAndBlanks() throws {
    let folder = try TemporaryFolder()
    for header in ["{}", "{ \t\r\n} ", "{\"__metadata__\":{}}"] {
      let path = try folder.write(file(header: header, data: 0), to: "x")
      XCTAssertEqual(try SafetensorsFile(path: path).entries.count, 0)
    }
    let header = "{ " + tensor("\\u00e9\\ud83d\\ude00\\/", "[ 1 , 1 ]", "[0, 4]") + " }   "
    let path = try folder.write(file(header: header, data: 4), to: "x")
    XCTAssertEqual(try SafetensorsFile(path: path).entries.map(\.name), ["\u{e9}😀/"])
  }

  func testHeaderTooLarge() throws {
    for length in [100_000_001, 1 << 40, Int.max, -1] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { Data($0) }
      try assertRefused(bytes + Data(count: 100), saying: "the format allows 100000000")
    }
  }

  func testHeaderLongerThanTheFile() throws {
    let bytes = withUnsafeBytes(of: UInt64(3)) { Data($0) }
    try assertRefused(bytes + Data("{}".utf8), saying: "of a file of 10")
  }

  func testTruncatedAtEveryByte() throws {
    let folder = try TemporaryFolder()
    let whole = SafetensorsFixture.bytes
    for count in 0..<whole.count {
      let path = try folder.write(whole.prefix(count), to: "x")
      XCTAssertThrowsError(try SafetensorsFile(path: path), "\(count) bytes") { error in
        XCTAssertEqual((error as? Failure)?.code, .checkpoint)
      }
    }
    XCTAssertNoThrow(try SafetensorsFile(path: folder.write(whole, to: "x")))
    try assertRefused(whole + Data(count: 1), saying: "'flags'")
  }

  func testOverlap() throws {
    try assertRefused(
      header: "{\(tensor("a", "[2]", "[0,8]")),\(tensor("b", "[2]", "[4,12]"))}", data: 12,
      saying: "'b'")
    try assertRefused(
      header: "{\(tensor("a", "[2]", "[0,8]")),\(tensor("b", "[2]", "[0,8]"))}", data: 8,
      saying: "overlap")
  }

  func testHole() throws {
    try assertRefused(
      header: "{\(tensor("a", "[1]", "[0,4]")),\(tensor("b", "[1]", "[8,12]"))}", data: 12,
      saying: "hole")
    try assertRefused(header: "{\(tensor("a", "[1]", "[4,8]"))}", data: 8, saying: "'a'")
    try assertRefused(header: "{}", data: 8, saying: "ends after 8 bytes")
  }

  func testOutOfBounds() throws {
    try assertRefused(header: "{\(tensor("a", "[4]", "[0,16]"))}", data: 8, saying: "'a'")
    try assertRefused(
      header: "{\(tensor("a", "[1]", "[9223372036854775803,9223372036854775807]"))}", data: 4,
      saying: "'a'")
    try assertRefused(
      header: "{\(tensor("a", "[1]", "[0,18446744073709551616]"))}", data: 4, saying: "64 bits")
    try assertRefused(header: "{\(tensor("a", "[1]", "[4,0]"))}", data: 4, saying: "'a'")
  }

  func testRangeThatDisagreesWithTheShape() throws {
    try assertRefused(header: "{\(tensor("a", "[2]", "[0,4]"))}", data: 4, saying: "'a'")
    try assertRefused(header: "{\(tensor("a", "[]", "[0,8]"))}", data: 8, saying: "'a'")
  }

  func testShapeThatOverflows() throws {
    let factor = "[4294967296,4294967296]"
    try assertRefused(header: "{\(tensor("a", factor, "[0,0]"))}", data: 0, saying: "'a'")
    let withZero = "[4611686018427387904,4,0]"
    try assertRefused(header: "{\(tensor("a", withZero, "[0,0]"))}", data: 0, saying: "'a'")
  }

  func testDuplicateKeys() throws {
    let a = tensor("a", "[1]", "[0,4]")
    let again = tensor("\\u0061", "[1]", "[4,8]")
    try assertRefused(header: "{\(a),\(again)}", data: 8, saying: "'a' is there twice")
    try assertRefused(
      header: "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", data: 0, saying: "'k' is there twice")
    try assertRefused(
      header: "{\"__metadata__\":{},\"__metadata__\":{}}", data: 0, saying: "twice")
    try assertRefused(
      header: "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
      data: 4, saying: "'dtype'")
  }

  func testFieldsThatAreMissingOrUnknown() throws {
    try assertRefused(
      header: "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", data: 4, saying: "'a' lacks")
    try assertRefused(
      header: "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":[]}}", data: 4,
      saying: "'x'")
    try assertRefused(
      header: "{\(tensor("a", "[1]", "[0,4]", type: "F4"))}", data: 4, saying: "'F4'")
    try assertRefused(header: "{\(tensor("a", "[1]", "[0,4,4]"))}", data: 4, saying: "'a' lacks")
  }

  func testJSONThatIsNotStrict() throws {
    for shape in ["[1,]", "[-1]", "[1.0]", "[1e0]", "[01]", "[true]", "[\"1\"]", "[,1]", "1"] {
      try assertRefused(
        header: "{\(tensor("a", shape, "[0,4]"))}", data: 4, saying: "Header, byte")
    }
    for header in [
      " {}", "[]", "", "{", "{}x", "{}{}", "{\"a\"}", "{\"a\":1}", "{\"a\":null}", "{'a':{}}",
      "{\"__metadata__\":{\"k\":1}}", "{\"__metadata__\":[]}", "{\"a", "{\"\\x\":{}}",
      "{\"\\ud800\":{}}", "{\"\\udc00\":{}}", "{\"\\ud800\\u0061\":{}}", "{\"\\u12\":{}}",
      "{\"\u{1}\":{}}", "{},",
    ] {
      try assertRefused(header: header, data: 0, saying: "Header, byte")
    }
    let invalid = Data([UInt8(ascii: "{"), 0x22, 0xff, 0x22, 0x3a, 0x7b, 0x7d, 0x7d])
    let length = withUnsafeBytes(of: UInt64(invalid.count)) { Data($0) }
    try assertRefused(length + invalid, saying: "not UTF-8")
  }

  func testDeepNestingIsRefusedBeforeItIsFollowed() throws {
    let deep = String(repeating: "{\"a\":", count: 1_000_000)
    try assertRefused(header: deep, data: 0, saying: "Header, byte")
  }

  func testANameCannotWriteToTheTerminal() throws {
    let folder = try TemporaryFolder()
    let header = "{\(tensor("\\u001b[2J", "[2]", "[0,4]"))}"
    let path = try folder.write(file(header: header, data: 4), to: "x")
    XCTAssertThrowsError(try SafetensorsFile(path: path)) { error in
      XCTAssertFalse("\(error)".unicodeScalars.contains("\u{1b}"))
      XCTAssertTrue("\(error)".contains("'?[2J'"), "\(error)")
    }
  }

  func testAskingForAnotherTensorThanThereIs() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(SafetensorsFixture.bytes, to: "x")
    let file = try SafetensorsFile(path: path)
    let name = "transformer.embeddings.cls_token"
    var values = [Float](repeating: 0, count: 6)
    try values.withUnsafeMutableBufferPointer { values in
      XCTAssertNoThrow(try file.read(name, shape: [1, 1, 6], into: values))
      XCTAssertThrowsError(try file.read(name, shape: [6], into: values))
      XCTAssertThrowsError(try file.read("absent", shape: [1, 1, 6], into: values))
      let short = UnsafeMutableBufferPointer(rebasing: values[..<5])
      XCTAssertThrowsError(try file.read(name, shape: [1, 1, 6], into: short))
    }
    XCTAssertThrowsError(try file.values(of: name, as: Int32.self)) { error in
      XCTAssertTrue("\(error)".contains(name), "\(error)")
    }
  }

  func testAFileCutOffAfterItWasOpenedIsAnErrorAndNoCrash() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(SafetensorsFixture.bytes, to: "x")
    let file = try SafetensorsFile(path: path)
    XCTAssertEqual(truncate(path, 100), 0)
    XCTAssertThrowsError(try file.values(of: "position_ids", as: Int64.self)) { error in
      XCTAssertEqual((error as? Failure)?.code, .file)
    }
  }

  func testAMissingFileAndAFolder() throws {
    let folder = try TemporaryFolder()
    for path in [folder.file("absent"), folder.path] {
      XCTAssertThrowsError(try SafetensorsFile(path: path)) { error in
        XCTAssertEqual((error as? Failure)?.code, .file)
      }
    }
  }
}
