import Foundation
import REFERS
import TestSupport
import XCTest

/// The logs of a run that goes on: nothing twice, nothing lost.
final class ResumedLogTests: XCTestCase {
  private func steps(_ path: String) throws -> [Int] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try XCTUnwrap(object?["step"] as? Int)
    }
  }

  func testMetricsGoOnAfterTheStepResumedFrom() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.jsonl")
    let first = try MetricsWriter(path: path)
    try first.write(ValidationRecord.sample(step: 0))
    for step in 1...12 {
      try first.write(StepRecord.sample(step: step))
      if step % 5 == 0 { try first.write(ValidationRecord.sample(step: step)) }
    }
    // Killed in the middle of a line.
    let handle = try XCTUnwrap(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"event\":\"step\",\"step\":1".utf8))
    let next = try MetricsWriter(path: path, keepingThrough: 10)
    try next.write(StepRecord.sample(step: 11))
    XCTAssertEqual(try steps(path), [0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10, 11])
    XCTAssertEqual(try permissions(of: path), 0o600)
    // From step 0 on nothing of the steps is kept, and a file that is not there is made.
    _ = try MetricsWriter(path: path, keepingThrough: 0)
    XCTAssertEqual(try steps(path), [0])
    _ = try MetricsWriter(path: folder.file("new.jsonl"), keepingThrough: 10)
    XCTAssertEqual(try steps(folder.file("new.jsonl")), [])
  }

  func testAFullFileWithoutAnEndKeepsItsWholeLines() throws {
    let folder = try TemporaryFolder()
    let lines = "{\"step\":1}\nnoise\n{\"step\":2}\n{\"step\":3}"
    let path = try folder.write(Data(lines.utf8), to: "metrics.jsonl")
    _ = try MetricsWriter(path: path, keepingThrough: 3)
    XCTAssertEqual(
      try String(contentsOfFile: path, encoding: .utf8), "{\"step\":1}\n{\"step\":2}\n")
  }

  func testTensorBoardIsToldToDropWhatWasLost() throws {
    let folder = try TemporaryFolder()
    let writer = try TensorBoardWriter(directory: folder.path, restartingAt: 11)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: writer.path)))
    // A record: length (8), checksum (4), event, checksum (4); first that of the version.
    let second = 16 + Int(bytes[0])
    let event = bytes[(second + 12)...].prefix(Int(bytes[second]))
    // wall_time, then step: field 2, the number 11; session_log: field 7, its status START.
    XCTAssertEqual(Array(event.dropFirst(9)), [0x10, 11, 0x3A, 2, 0x08, 1])
  }

  func testTheConfigurationIsRewrittenOnlyIfItHasChanged() throws {
    let folder = try TemporaryFolder()
    func start(threads: Int) throws -> NSNumber? {
      var configuration = Configuration.named(.tiny)
      configuration.output = folder.path
      configuration.threads = threads
      let log = RunLog(
        configuration: configuration,
        console: Console(isTerminal: false, columns: { 80 }, write: { _ in }))
      try log.runStarted(
        RunRecord(
          configuration: configuration, steps: 10, trainingStudies: 1, validationStudies: 1,
          parameters: 1, ranks: 1, threads: 1, resumedAfter: 3))
      let path = folder.file("configuration.yaml")
      XCTAssertEqual(try permissions(of: path), 0o600)
      return try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? NSNumber
    }
    let first = try start(threads: 1)
    XCTAssertEqual(try start(threads: 1), first)
    XCTAssertNotEqual(try start(threads: 2), first)
  }
}
