import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

/// What tables call a classifier that starts from weights.
final class BackboneNameTests: XCTestCase {
  private func loader(_ values: [(String, String)]) -> ConfigurationLoader {
    var loader = ConfigurationLoader()
    for (path, value) in [("objective", "target"), ("target.path", "x.csv")] + values {
      loader.add(ConfigurationAssignment(path: path, value: .text(value), origin: "--set"))
    }
    return loader
  }

  func testAFileGivesItsName() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Data(), to: "vit-b16.safetensors")
    var plain = loader([("target.start", file)])
    try plain.takeBackbone()
    XCTAssertEqual(try plain.resolve().configuration.target.method, "vit-b16")
    var named = loader([("target.start", file), ("target.method", "ImageNet")])
    try named.takeBackbone()
    XCTAssertEqual(try named.resolve().configuration.target.method, "ImageNet")
    var nothing = loader([])
    try nothing.takeBackbone()
    XCTAssertEqual(try nothing.resolve().configuration.target.method, "scratch")
  }

  func testWeightsAreNeverScratch() throws {
    let loader = loader([("target.start", "x"), ("target.method", "scratch")])
    do {
      _ = try loader.resolve()
      XCTFail("It was called scratch.")
    } catch let failure as Failure {
      XCTAssertTrue(failure.message.hasPrefix("target.method is scratch"), failure.message)
    }
  }
}
