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
    XCTAssertEqual(source.leftOut.map(\.count), [1, 1])
    XCTAssertEqual(try source.report(of: 0), "No acute disease.")
    XCTAssertEqual(try source.report(of: 1), "Heart < normal, year old. Clear.")
    XCTAssertTrue(source.studies[1].radiographs[1].file.hasSuffix("/png/CXR10_b.png"))
    XCTAssertEqual(Set(source.studies.map(\.split)), [.train, .validate])
    XCTAssertEqual(try StudyLayout.open(folder.path, seed: 1).studies.count, 2)
  }

  func testXMLInOtherEncodings() throws {
    let folder = try DataFolder()
    let text = Self.xml(1, "Lungs of Mr. Å are clear.", "", ["a"])
    let latin1 = try XCTUnwrap(
      text.replacingOccurrences(of: "utf-8", with: "iso-8859-1").data(using: .isoLatin1))
    let utf16 = try XCTUnwrap(
      text.replacingOccurrences(of: "utf-8", with: "utf-16")
        .replacingOccurrences(of: "CXR1", with: "CXR2").data(using: .utf16))
    for (name, data) in [("1.xml", latin1), ("2.xml", utf16)] {
      try data.write(to: URL(fileURLWithPath: folder.path + "/" + name))
    }
    try folder.write("x", to: "a.png")
    let source = try OpenISource(directory: folder.path)
    XCTAssertEqual(source.studies.map(\.identifier), ["1", "2"])
    for index in 0..<2 {
      XCTAssertEqual(try source.report(of: index), "Lungs of Mr. Å are clear.")
    }
    // A name whose bytes are no UTF-8.
    let name = Data("<?xml version=\"1.0\"?><".utf8) + Data(repeating: 0xFF, count: 90)
    try name.write(to: URL(fileURLWithPath: folder.path + "/3.xml"))
    XCTAssertTrue(
      caught { _ = try OpenISource(directory: folder.path) }?.message.contains("no whole XML")
        ?? false)
  }

  func testFaultyXML() throws {
    let whole = Self.xml(1, "Lungs are clear.", "", ["a"])
    for (texts, wanted) in [
      ([String(whole.dropLast(20))], "no whole XML"), (["<a/>"], "uId"), ([""], "no whole XML"),
      ([whole, whole], "number of another"), ([whole], "1 image is in no folder"),
      (["<!DOCTYPE e [<!ENTITY a 'x'>]><e><uId id=\"&a;\"/></e>"], "document type"),
      ([whole + "<!--" + String(repeating: "-- ", count: 300_000)], "too long"),
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
    XCTAssertEqual(source.leftOut.map(\.count), [1, 1])
    XCTAssertEqual(source.leftOut.last?.reason, "no image in its table or XML file")
    XCTAssertEqual(source.notices, [])
    XCTAssertEqual(source.studies[1].radiographs.map(\.view), ["Frontal", "Lateral"])
    XCTAssertEqual(try source.report(of: 1), "Lungs are clear, no. Normal chest.")
    try folder.write(reports + "2,,,,,,Lungs are clear.,\n", to: "indiana_reports.csv")
    XCTAssertTrue(
      caught { _ = try OpenISource(directory: folder.path) }?.message.contains("repeats a uid")
        ?? false)
  }

  func testFoldersBehindLinks() throws {
    let (folder, elsewhere) = (try DataFolder(), try DataFolder())
    try elsewhere.write(Self.xml(1, "Lungs are clear.", "", ["a", "b"]), to: "reports/1.xml")
    for name in ["a.jpeg", "b.png"] { try elsewhere.write("x", to: "images/\(name)") }
    let files = FileManager.default
    for (link, target) in [
      ("images", elsewhere.path + "/images"), ("reports", elsewhere.path + "/reports"),
      // A second way to the same folder, loops, and a link that leads nowhere.
      ("again", elsewhere.path + "/images"), ("up", folder.path), ("itself.png", "itself.png"),
      ("nowhere.png", "gone.png"),
    ] {
      try files.createSymbolicLink(
        atPath: folder.path + "/" + link, withDestinationPath: target)
    }
    try files.createSymbolicLink(
      atPath: elsewhere.path + "/images/loop", withDestinationPath: elsewhere.path)
    let source = try StudyLayout.open(folder.path, seed: 1)
    XCTAssertEqual(source.studies.map(\.identifier), ["1"])
    let names = source.studies[0].radiographs.map {
      URL(fileURLWithPath: $0.file).lastPathComponent
    }
    XCTAssertEqual(names, ["a.jpeg", "b.png"])
  }

  func testAllMissingImagesAreCounted() throws {
    let folder = try DataFolder()
    for number in 1...2 {
      let images = ["a\(number)", "b\(number)", "c\(number)"]
      try folder.write(Self.xml(number, "Lungs are clear.", "", images), to: "\(number).xml")
    }
    try folder.write("x", to: "a1.png")
    let failure = caught { _ = try OpenISource(directory: folder.path) }
    XCTAssertEqual(
      failure?.message, "5 images are in no folder of the directory, first image 2 of study 0.")
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
