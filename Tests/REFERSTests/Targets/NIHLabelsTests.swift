import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class NIHLabelsTests: XCTestCase {
  /// The heading as published: two of its names hold a comma.
  private static let heading =
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    + "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"

  private func row(_ image: String, _ findings: String, _ patient: Int, view: String = "PA")
    -> String
  {
    "\(image),\(findings),0,\(patient),58,M,\(view),2682,2749,0.143,0.143"
  }

  /// Eight patients for training with two images each, two for testing.
  private func folder(end: String = "\n", trailing: String = "") throws -> DataFolder {
    let folder = try DataFolder()
    var rows: [String] = []
    var training: [String] = []
    var test: [String] = []
    for patient in 1...10 {
      for image in 0..<2 {
        let name = "0000000\(patient % 10)_00\(patient / 10 * 2 + image).png"
        let findings = ["No Finding", "Mass|Effusion", "Hernia"][(patient + image) % 3]
        rows.append(row(name, findings, patient, view: image == 0 ? "PA" : "AP") + trailing)
        if patient <= 8 { training.append(name) } else { test.append(name) }
      }
    }
    try folder.write(
      Self.heading + trailing + end + rows.joined(separator: end) + end,
      to: trailing.isEmpty ? "Data_Entry_2017_v2020.csv" : "Data_Entry_2017.csv")
    try folder.write(training.joined(separator: end) + end, to: "train_val_list.txt")
    try folder.write(test.joined(separator: end), to: "test_list.txt")
    try folder.write("", to: "images_001/images/00000001_000.png")
    try folder.write("", to: "images_002/00000001_001.png")
    try folder.write("", to: "images/00000002_000.png")
    try folder.write("", to: "00000002_001.png")
    return folder
  }

  func testReadsTheTableAndTheLists() throws {
    let folder = try folder()
    let set = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(set.name, "nih")
    XCTAssertEqual(set.task, .multiLabel)
    XCTAssertEqual(set.classes.count, 14)
    XCTAssertEqual(set.classes.first, "Atelectasis")
    XCTAssertEqual(set.classes.last, "Hernia")
    XCTAssertEqual(set.count, 20)
    XCTAssertEqual(set.studies[0].identifier, "00000001_000.png")
    XCTAssertEqual(set.studies[1].patient, "1")
    XCTAssertEqual(set.studies[1].radiographs[0].view, "AP")
    XCTAssertEqual(set.studies[1].place, "line 3 of the table")
    XCTAssertEqual(
      Array(set.labels(of: 0)), set.classes.map { ["Mass", "Effusion"].contains($0) ? 1 : 0 })
    XCTAssertEqual(Array(set.labels(of: 1)), set.classes.map { $0 == "Hernia" ? 1 : 0 })
    XCTAssertEqual(Array(set.labels(of: 3)), set.classes.map { _ in 0 })
    XCTAssertEqual(set.sizes, [14, 2, 4], "an eighth of the eight patients for validation")
    XCTAssertTrue(set.partsOfPatients.values.allSatisfy { $0.count == 1 })
    XCTAssertEqual(set.partsOfPatients["9"], [.test])
    let places = set.studies.prefix(4).map { $0.radiographs[0].file.dropFirst(folder.path.count) }
    XCTAssertEqual(
      places,
      [
        "/images_001/images/00000001_000.png", "/images_002/00000001_001.png",
        "/images/00000002_000.png", "/00000002_001.png",
      ])
    for k in 0..<4 {
      XCTAssertTrue(FileManager.default.fileExists(atPath: set.studies[k].radiographs[0].file))
    }
    let again = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(again.studies.map(\.split), set.studies.map(\.split))
    let seeds = try (1...8).map { seed in
      try LabeledSet.open(targetOptions(folder.path), seed: seed).indices(of: [.validate])
    }
    XCTAssertGreaterThan(Set(seeds).count, 1, "another seed takes another patient")
    let divided = try LabeledSet.open(targetOptions(folder.path) { $0.splits = .patient }, seed: 1)
    XCTAssertEqual(divided.sizes, [14, 2, 4])
    XCTAssertNotEqual(divided.studies.map(\.split), set.studies.map(\.split))
  }

  func testOlderTableAndOtherLineEnds() throws {
    let folder = try folder(end: "\r\n", trailing: ",")
    let set = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(set.name, "nih")
    XCTAssertEqual(set.sizes, [14, 2, 4])
    try folder.write(
      Self.heading + ",\n" + row("a_0.png", "Mass", 1) + "\n" + row("b_0.png", "Edema", 2) + ",\n"
        + row("c_0.png", "Mass", 3) + ",,\n", to: "Data_Entry_2017.csv")
    let mixed = try LabeledSet.open(
      targetOptions(folder.path + "/Data_Entry_2017.csv") {
        $0.splits = .patient
        $0.columns = "Edema,Mass"
      }, seed: 1)
    XCTAssertEqual(mixed.classes, ["Edema", "Mass"])
    XCTAssertEqual(mixed.labels, [0, 1, 1, 0, 0, 1])
  }

  func testImagesThatAreNotListed() throws {
    let folder = try folder()
    let table = folder.path + "/Data_Entry_2017_v2020.csv"
    let text = try String(contentsOfFile: table, encoding: .utf8)
    try folder.write(
      text + row("00000011_000.png", "Mass", 11) + "\n", to: "Data_Entry_2017_v2020.csv")
    try folder.write("00000009_000.png\n00000099_000.png\n", to: "test_list.txt")
    let set = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(set.count, 17)
    XCTAssertTrue(
      set.notices.contains("4 images left out: in no published split"), "\(set.notices)")
    XCTAssertTrue(set.notices.contains("names of the lists that are not in the table: 1"))
  }

  func testErrors() throws {
    func failure(_ row: String, _ change: (DataFolder) throws -> Void = { _ in }) throws -> String {
      let folder = try folder()
      let table = folder.path + "/Data_Entry_2017_v2020.csv"
      let text = try String(contentsOfFile: table, encoding: .utf8)
      try folder.write(text + row + "\n", to: "Data_Entry_2017_v2020.csv")
      try change(folder)
      return caught { _ = try LabeledSet.open(targetOptions(folder.path), seed: 1) }?.description
        ?? ""
    }
    XCTAssertTrue(
      try failure(row("x.png", "Infiltrate", 3)).hasPrefix("Line 22 of the table of NIH"))
    XCTAssertTrue(try failure(row("x.png", "No Finding|Mass", 3)).contains("none of the 14"))
    XCTAssertTrue(try failure(row("00000001_000.png", "Mass", 1)).contains("repeats an image"))
    XCTAssertTrue(try failure(row("../x.png", "Mass", 1)).contains("has no file name"))
    XCTAssertTrue(
      try failure("") { try $0.write("00000001_000.png", to: "test_list.txt") }
        .hasPrefix("Line 1 of test_list.txt names an image that was listed before"))
    XCTAssertTrue(
      try failure("") { try FileManager.default.removeItem(atPath: $0.path + "/test_list.txt") }
        .contains("train_val_list.txt without the other list"))
    let shared = try failure("") {
      try $0.write("00000008_001.png\n00000009_000.png", to: "test_list.txt")
      let text = try String(contentsOfFile: $0.path + "/train_val_list.txt", encoding: .utf8)
      try $0.write(text.replacing("00000008_001.png\n", with: ""), to: "train_val_list.txt")
    }
    XCTAssertTrue(shared.hasPrefix("1 of 9 patients has images in more than one split."), shared)
    XCTAssertTrue(shared.contains("target.shared_patients=true"))
    XCTAssertFalse(shared.contains("0000000"), "no image and no patient is named")
    let empty = try failure("") { try $0.write("\n", to: "test_list.txt") }
    XCTAssertTrue(empty.hasPrefix("No image is for testing"), empty)
  }

  func testRealImages() throws {
    let path = try realData("nih_cxr14_320/labels.csv")
    let set = try LabeledSet.open(targetOptions(path), seed: 1)
    XCTAssertEqual(set.name, "nih_cxr14_320/labels")
    XCTAssertEqual(set.classes.count, 14)
    XCTAssertEqual(set.sizes, [39, 2, 18])
    XCTAssertEqual(set.column("Nodule").reduce(0, +), 50)
    XCTAssertEqual(set.column("Mass").reduce(0, +), 29)
  }
}
