import Foundation
import REFERS
import TestSupport
import XCTest

final class RunLogTests: XCTestCase {
  func testARunLeavesItsConfigurationMetricsAndEvents() throws {
    let folder = try TemporaryFolder()
    let output = folder.file("a/run")
    let screen = Screen(columns: 100, isTerminal: false)
    let record = RunRecord.sample(output: output, steps: 12)
    let log = RunLog(configuration: record.configuration, console: screen.console)
    try log.runStarted(record)
    for step in 1...12 { try log.stepFinished(.sample(step: step)) }
    try log.validated(.sample(step: 12))
    try log.checkpointSaved(CheckpointRecord(step: 12, path: "\(output)/checkpoints/best"))
    try log.runFinished()

    XCTAssertEqual(try permissions(of: output), 0o700)
    let names = try FileManager.default.contentsOfDirectory(atPath: output).sorted()
    XCTAssertEqual(names.count, 3)
    for name in names { XCTAssertEqual(try permissions(of: "\(output)/\(name)"), 0o600, name) }
    let yaml = try String(contentsOfFile: "\(output)/configuration.yaml", encoding: .utf8)
    XCTAssertEqual(try Configuration(yaml: yaml, name: "saved"), record.configuration)
    let metrics = try String(contentsOfFile: "\(output)/metrics.jsonl", encoding: .utf8)
    XCTAssertEqual(metrics.split(separator: "\n").count, 13)

    XCTAssertEqual(
      screen.lines.dropLast(),
      [
        "5,123,456 parameters, 4,096 training studies, 256 validation studies",
        "12 steps of 32 studies on 2 ranks with 1 thread each, into \(output)",
        "step  1/12  epoch 0  loss 10.5  contrast 3.25  language 7.25  16.0 studies/s  0:22 left  "
          + "lr 1.00e-03",
        "step 10/12  epoch 0  loss 10.5  contrast 3.25  language 7.25  16.0 studies/s  0:04 left  "
          + "lr 1.00e-03",
        "step 12/12  epoch 0  loss 10.5  contrast 3.25  language 7.25  16.0 studies/s  0:00 left  "
          + "lr 1.00e-03",
        "validation after step 12: loss 9.00  contrast 3.00  language 6.00  retrieved 10/256  "
          + "(256 studies in 0:12)  best so far",
        "checkpoint of step 12: \(output)/checkpoints/best (0:00)",
      ])
  }

  func testTensorBoardCanBeLeftOut() throws {
    let folder = try TemporaryFolder()
    var configuration = Configuration.named(.tiny)
    configuration.output = folder.file("run")
    configuration.logging.tensorboard = false
    let record = RunRecord(
      configuration: configuration, steps: 1, trainingStudies: 1, validationStudies: 1,
      parameters: 1, ranks: 1, threads: 1)
    let screen = Screen(columns: 80, isTerminal: false)
    let log = RunLog(configuration: configuration, console: screen.console)
    try log.runStarted(record)
    XCTAssertEqual(
      try FileManager.default.contentsOfDirectory(atPath: configuration.output).sorted(),
      ["configuration.yaml", "metrics.jsonl"])
  }
}
