import Diagnostics
import Foundation
import REFERS
import XCTest

final class ReportFileTests: XCTestCase {
  private let words = "FINDINGS: Cœur à gauche."

  func testEncodings() throws {
    let utf8 = Array(words.utf8)
    for (name, bytes) in [
      ("UTF-8", utf8), ("byte order mark", [0xEF, 0xBB, 0xBF] + utf8),
      ("UTF-16, little", Array(try XCTUnwrap(words.data(using: .utf16LittleEndian)))),
      ("UTF-16, big", Array(try XCTUnwrap(words.data(using: .utf16BigEndian)))),
    ] {
      let mark: [UInt8] = name.hasSuffix("little") ? [0xFF, 0xFE] : [0xFE, 0xFF]
      let report = try ReportFile(bytes: name.hasPrefix("UTF-16") ? mark + bytes : bytes)
      XCTAssertEqual(report.text, words, name)
      XCTAssertFalse(report.isLatin1, name)
    }
    let latin1 = try ReportFile(
      bytes: Array("C\u{9C}ur \u{E0}".unicodeScalars.map { UInt8($0.value) }))
    XCTAssertEqual(latin1.text, "Cœur à")
    XCTAssertTrue(latin1.isLatin1)
    XCTAssertEqual(try ReportFile(bytes: []).text, "")
  }

  func testWhatIsNoText() {
    for bytes: [UInt8] in [
      [0xFF, 0xFE, 0x41], [0xFF, 0xFE, 0x00, 0xD8], [0xFE, 0xFF, 0, 0], [0x41, 0, 0x42, 0],
    ] {
      XCTAssertEqual(caught { _ = try ReportFile(bytes: bytes) }?.code, .input, "\(bytes)")
    }
  }
}
