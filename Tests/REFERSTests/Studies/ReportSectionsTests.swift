import Foundation
import REFERS
import XCTest

final class ReportSectionsTests: XCTestCase {
  private struct Example {
    let habit: String
    let report: String
    let expected: String
  }

  /// The blocks of Tests/Fixtures/reports.txt.
  private func examples() throws -> [Example] {
    let text = try String(contentsOfFile: DataFixtures.folder + "/reports.txt", encoding: .utf8)
    return try text.components(separatedBy: "\n=== ").dropFirst().map { block in
      let parts = block.components(separatedBy: "--- expected\n")
      XCTAssertEqual(parts.count, 2, block)
      let lines = try XCTUnwrap(parts.first).components(separatedBy: "\n")
      return Example(
        habit: lines[0], report: lines.dropFirst().joined(separator: "\n"),
        expected: try XCTUnwrap(parts.last).trimmingCharacters(in: .newlines))
    }
  }

  func testReportsAsTheyAreWritten() throws {
    let examples = try examples()
    XCTAssertGreaterThanOrEqual(examples.count, 60)
    XCTAssertEqual(Set(examples.map(\.habit)).count, examples.count)
    for example in examples {
      let report = example.report
      for (ending, text) in [
        ("LF", report), ("CRLF", report.replacingOccurrences(of: "\n", with: "\r\n")),
        ("CR", report.replacingOccurrences(of: "\n", with: "\r")),
        ("no end", String(report.dropLast())),
        ("separators", report.replacingOccurrences(of: "\n", with: "\u{2028}")),
      ] {
        XCTAssertEqual(
          ReportSections.findingsAndImpression(of: text), example.expected,
          "\(example.habit), \(ending)")
      }
    }
  }

  func testLongReportsTakeLinearTime() {
    let start = ContinuousClock.now
    let report = String(repeating: "FINDINGS: a: b: IMPRESSION: c: ", count: 20_000)
    XCTAssertFalse(ReportSections.findingsAndImpression(of: report).isEmpty)
    let sections = (0..<100_000).map { "FINDINGS: a\($0).\n" }.joined()
    XCTAssertTrue(ReportSections.findingsAndImpression(of: sections).hasSuffix("a99999."))
    let colons = String(repeating: ":", count: 500_000)
    XCTAssertEqual(ReportSections.findingsAndImpression(of: "FINDINGS" + colons).count, 499_999)
    XCTAssertLessThan(ContinuousClock.now - start, .seconds(20))
  }
}
