import Foundation
import REFERS
import TestSupport
import XCTest

final class TrainingStateTests: XCTestCase {
  func testReadsWhatItWrote() throws {
    var configuration = Configuration.named(.tiny)
    configuration.optimizer.learningRate.radiograph = 0.1 + 0.2
    configuration.data.path = "studies"
    let saved = try state(configuration)
    let folder = try TemporaryFolder()
    XCTAssertEqual(try read(written(saved), in: folder), saved)
  }

  func testWhatAnOlderBuildDidNotSayHasTheValueItWentBy() throws {
    let written = try written(state(.named(.tiny)))
    var object = try XCTUnwrap(JSONSerialization.jsonObject(with: written) as? [String: Any])
    var configuration = try XCTUnwrap(object["configuration"] as? [String: Any])
    var model = try XCTUnwrap(configuration["model"] as? [String: Any])
    var radiograph = try XCTUnwrap(model["radiograph"] as? [String: Any])
    XCTAssertNotNil(radiograph.removeValue(forKey: "position_deviation"))
    model["radiograph"] = radiograph
    configuration["model"] = model
    configuration["target"] = nil
    object["configuration"] = configuration
    let older = try JSONSerialization.data(withJSONObject: object)
    let read = try read(older, in: TemporaryFolder()).configuration
    XCTAssertEqual(read.model.radiograph.positionDeviation, 0.02)
    XCTAssertEqual(read.model.radiograph.width, 192)
    XCTAssertEqual(read.target, Configuration().target)
  }

  private func state(_ configuration: Configuration) throws -> TrainingState {
    TrainingState(
      progress: TrainingProgress(), optimizer: OptimizerCounters(), configuration: configuration,
      versions: VersionRecord(program: "test", mpi: "none"), build: try BuildRecord.current(),
      dataDigest: "")
  }

  private func written(_ state: TrainingState) throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(state)
  }

  private func read(_ bytes: Data, in folder: TemporaryFolder) throws -> TrainingState {
    let path = folder.file("checkpoint")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try bytes.write(to: URL(fileURLWithPath: path + "/" + Checkpoint.stateName))
    return try Checkpoint(path: path).state()
  }
}
