import Diagnostics
import Foundation
import REFERS
import XCTest

final class OpenISourceTests: XCTestCase {
  private static func xml(
    _ number: Int, _ findings: String, _ impression: String, _ images: [String]
  )
    -> String
  {
    """
    <?xml version="1.0" encoding="utf-8"?>
    <eCitation><uId id="CXR\(number)"/><MedlineCitation><Article><Abstract>
    <AbstractText Label="COMPARISON">None &amp; nothing.</AbstractText>
    <AbstractText Label="FINDINGS">\(findings)</AbstractText>
    <AbstractText Label="IMPRESSION">\(impression)</AbstractText>
    </Abstract></Article></MedlineCitation>
    \(images.map { "<parentImage id=\"\($0)\"><caption>Chest</caption></parentImage>" }.joined())
    </eCitation>
    """
  }

  func testXML() throws {
    let folder = try DataFolder()
    try folder.write(
      Self.xml(10, "Heart &lt; normal, XXXX year old.", "Clear.", ["CXR10_a", "CXR10_b"]),
      to: "ecgen-radiology/10.xml")
    try folder.write(Self.xml(9, "", "No acute disease.", ["CXR9_a"]), to: "ecgen-radiology/9.xml")
    try folder.write(Self.xml(3, "Nothing to see here.", "", []), to: "ecgen-radiology/3.xml")
    try folder.write(Self.xml(4, "", "Normal.", ["CXR9_a"]), to: "ecgen-radiology/4.xml")
    for name in ["CXR10_a", "CXR10_b", "CXR9_a"] { try folder.write("x", to: "png/\(name).png") }
    let source = try OpenISource(directory: folder.path)
    XCTAssertEqual(source.studies.map(\.identifier), ["9", "10"])
    XCTAssertEqual(source.dropped, 1)
    XCTAssertEqual(source.withoutImages, 1)
    XCTAssertEqual(source.notices.count, 1)
    XCTAssertEqual(try source.report(of: 0), "No acute disease.")
    XCTAssertEqual(try source.report(of: 1), "Heart < normal, year old. Clear.")
    XCTAssertTrue(source.studies[1].radiographs[1].file.hasSuffix("/png/CXR10_b.png"))
    XCTAssertEqual(Set(source.studies.map(\.split)), [.train, .validate])
    XCTAssertEqual(try StudyLayout.open(folder.path, seed: 1).studies.count, 2)
  }

  func testFaultyXML() throws {
    let whole = Self.xml(1, "Lungs are clear.", "", ["a"])
    for (texts, wanted) in [
      ([String(whole.dropLast(20))], "no whole XML"), (["<a/>"], "uId"), ([""], "no whole XML"),
      ([whole, whole], "number of another"), ([whole], "in no folder"),
    ] {
      let folder = try DataFolder()
      for (index, text) in texts.enumerated() { try folder.write(text, to: "\(index).xml") }
      let failure = caught { _ = try OpenISource(directory: folder.path) }
      XCTAssertTrue(failure?.message.contains(wanted) ?? false, "\(wanted): \(failure as Any)")
      XCTAssertFalse(failure?.description.contains("Lungs") ?? true)
    }
    let folder = try DataFolder()
    try folder.write(whole, to: "1.xml")
    for place in ["a", "b"] { try folder.write("x", to: "\(place)/a.png") }
    XCTAssertTrue(
      caught { _ = try OpenISource(directory: folder.path) }?.message.contains("Two files") ?? false
    )
  }

  func testTables() throws {
    let folder = try DataFolder()
    let reports = """
      uid,MeSH,Problems,image,indication,comparison,findings,impression
      2,normal,normal,Xray,XXXX,None.,"Lungs are clear,
      no XXXX.",Normal chest.
      1,normal,normal,Xray,,,,No acute disease.
      3,normal,normal,Xray,,,Fine.,
      5,normal,normal,Xray,,,Lungs are clear here.,

      """
    let projections = """
      uid,filename,projection
      1,1_a.dcm.png,Frontal
      2,2_b.dcm.png,Lateral
      2,2_a.dcm.png,Frontal

      """
    try folder.write(reports, to: "indiana_reports.csv")
    XCTAssertTrue(
      caught { _ = try OpenISource(directory: folder.path) }?.message.contains("without the other")
        ?? false)
    try folder.write(projections, to: "indiana_projections.csv")
    for name in ["1_a", "2_a", "2_b"] { try folder.write("x", to: "images/n/\(name).dcm.png") }
    let source = try StudyLayout.open(folder.path, seed: 1)
    XCTAssertEqual(source.studies.map(\.identifier), ["1", "2"])
    XCTAssertEqual(source.dropped, 1)
    XCTAssertEqual(source.notices, ["1 studies left out: no image"])
    XCTAssertEqual(source.studies[1].radiographs.map(\.view), ["Frontal", "Lateral"])
    XCTAssertEqual(try source.report(of: 1), "Lungs are clear, no Normal chest.")
    try folder.write(reports + "2,,,,,,Lungs are clear.,\n", to: "indiana_reports.csv")
    XCTAssertTrue(
      caught { _ = try OpenISource(directory: folder.path) }?.message.contains("repeats a uid")
        ?? false)
  }

  func testUnknownLayouts() throws {
    let folder = try DataFolder()
    let file = try folder.write("x", to: "some.txt")
    for (path, wanted) in [
      (folder.path, "indiana_reports.csv"), (folder.path + "/none", "does not exist"),
      (file, "is a file"),
    ] {
      let failure = caught { _ = try StudyLayout.open(path, seed: 1) }
      XCTAssertTrue(failure?.message.contains(wanted) ?? false, "\(failure as Any)")
    }
  }
}
