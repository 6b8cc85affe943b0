import Diagnostics
import Foundation
import REFERS
import XCTest

/// Sets that a classifier is only tested on need no more than images to test.
final class TestingPartTests: XCTestCase {
  private func open(
    _ text: String, for use: LabeledSet.Use = .testing,
    _ change: (inout Configuration.Target) -> Void = { _ in }
  ) throws -> LabeledSet {
    let folder = try DataFolder()
    return try LabeledSet.open(
      targetOptions(folder.write(text, to: "set/labels.csv"), change), seed: 1, for: use)
  }

  private func table(_ split: String?) -> String {
    let lines = (0..<20).map { "\($0).png,\($0 % 2)" + (split.map { ",\($0)" } ?? "") }
    return "image,edema\(split == nil ? "" : ",split")\n" + lines.joined(separator: "\n")
  }

  func testATestPartAloneIsPublished() throws {
    for splits in [Configuration.Target.Splits.auto, .published] {
      let set = try open(table("test")) { $0.splits = splits }
      XCTAssertEqual(set.sizes, [0, 0, 20])
      XCTAssertEqual(set.notices, [])
    }
    XCTAssertEqual(try open(table("test"), for: .training).sizes, [14, 2, 4])
  }

  func testWithoutPublishedPartsItIsSaidHowManyAreTested() throws {
    let set = try open(table(nil))
    XCTAssertEqual(set.sizes, [14, 2, 4])
    XCTAssertTrue(set.notices[0].hasPrefix("4 of 20 images are for testing"), "\(set.notices)")
    let trained = try open(table("train"))
    XCTAssertEqual(trained.sizes, [14, 2, 4])
    XCTAssertEqual(trained.notices.count, 2)
    XCTAssertEqual(try open(table(nil)) { $0.splits = .patient }.notices, [])
  }

  func testAPatientInTwoPartsIsNoHarm() throws {
    let text = "image,edema,patient_id,split\na.png,1,p,train\nb.png,0,p,test\nc.png,0,q,val\n"
    XCTAssertEqual(
      try open(text).notices, ["1 of 2 patients has images in more than one split"])
  }

  func testEveryImage() throws {
    for split in [nil, "train", "test"] {
      XCTAssertEqual(try open(table(split)) { $0.splits = .all }.sizes, [0, 0, 20])
    }
    var loader = ConfigurationLoader()
    for (path, value) in [
      ("objective", "target"), ("target.path", "x.csv"), ("target.splits", "all"),
    ] {
      loader.add(ConfigurationAssignment(path: path, value: .text(value), origin: "--set"))
    }
    XCTAssertTrue(
      caught { _ = try loader.resolve() }?.message.hasPrefix("target.splits is all") ?? false)
  }

  func testNoneToTestOn() throws {
    let failure = caught { _ = try self.open(self.table("train")) { $0.splits = .published } }
    let message = failure?.message ?? ""
    XCTAssertTrue(message.hasPrefix("No image is for testing"), message)
  }

  func testNamesThatPredictionsCannotHave() throws {
    for value in ["label", "image"] {
      let lines = (0..<12).map { "\($0).png,\(["a", "b", value][$0 % 3])" }
      let failure = caught {
        _ = try self.open("image,finding\n" + lines.joined(separator: "\n")) {
          $0.columns = "finding"
        }
      }
      XCTAssertEqual(failure?.code, .input)
      XCTAssertTrue(failure?.message.contains("no names of their own") ?? false, value)
    }
  }
}
