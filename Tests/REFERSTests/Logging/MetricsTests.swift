import Foundation
import REFERS
import TestSupport
import XCTest

final class MetricsTests: XCTestCase {
  func testEachLineIsAnObjectWithItsNamesInOrder() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.jsonl")
    let writer = try MetricsWriter(path: path)
    try writer.write(StepRecord.sample(step: 1))
    // Complete before the writer goes away.
    XCTAssertEqual(
      try String(contentsOfFile: path, encoding: .utf8),
      """
      {"event":"step","step":1,"epoch":0,"loss":10.5,"contrast_loss":3.25,"language_loss":7.25,\
      "learning_rate_radiograph":0.001,"learning_rate_fusion":0.002,\
      "learning_rate_text_encoder":0.003,"learning_rate_decoder":1e-05,"gradient_norm":2.5,\
      "studies":32,"studies_per_second":16.0,"data_seconds":0.25,"compute_seconds":1.5,\
      "exchange_seconds":0.25,"overlapped_exchange_seconds":0.0}\n
      """)
    try writer.write(ValidationRecord.sample(step: 1))
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    XCTAssertEqual(lines.count, 2)
    let object = try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [String: Any]
    XCTAssertEqual(object?["event"] as? String, "validation")
    XCTAssertEqual(object?["best"] as? Bool, true)
    XCTAssertEqual(object?["studies"] as? Int, 256)
  }

  func testNumbersThatAreNotFiniteLeaveTheLineValid() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.jsonl")
    var record = StepRecord.sample(step: 1)
    record.losses.total = .nan
    record.gradientNorm = .infinity
    try MetricsWriter(path: path).write(record)
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    XCTAssertTrue(object?["loss"] is NSNull)
    XCTAssertTrue(object?["gradient_norm"] is NSNull)
  }

  func testTheFileIsPrivateEvenWhereAnOpenOneWasThere() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.jsonl")
    try Data("old\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    _ = try MetricsWriter(path: path)
    XCTAssertEqual(try permissions(of: path), 0o600)
    XCTAssertEqual(try Data(contentsOf: URL(fileURLWithPath: path)).count, 0)
  }

  func testAPlaceThatCannotBeWrittenIsAFailure() {
    XCTAssertThrowsError(try MetricsWriter(path: "/nonexistent/metrics.jsonl")) { error in
      XCTAssertTrue("\(error)".contains("/nonexistent/metrics.jsonl"), "\(error)")
    }
  }
}
