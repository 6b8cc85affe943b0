import Diagnostics
import Foundation
import REFERS
import XCTest

final class MIMICSourceTests: XCTestCase {
  private static let metadata = """
    dicom_id,subject_id,study_id,PerformedProcedureStepDescription,ViewPosition
    d3,10000002,50000009,"CHEST (PA, LAT)",LATERAL
    d1,10000001,50000001,CHEST,AP
    d2,10000002,50000009,CHEST,PA
    d4,10000003,50000004,CHEST,
    d5,10000004,50000005,CHEST,PA

    """
  private static let split = """
    split,dicom_id,study_id,subject_id
    train,d1,50000001,10000001
    validate,d2,50000009,10000002
    validate,d3,50000009,10000002
    test,d4,50000004,10000003
    train,d5,50000005,10000004

    """

  private func folder(metadata: String = metadata, split: String = split) throws -> DataFolder {
    let folder = try DataFolder()
    try folder.write(metadata, to: "mimic-cxr-2.0.0-metadata.csv")
    try folder.write(split, to: "mimic-cxr-2.0.0-split.csv")
    let heading = " FINAL REPORT\n EXAMINATION: CHEST\n FINDINGS:\n\n"
    for (study, text) in [
      ("p10000001/s50000001", heading + " Lungs are\n clear.\n\n IMPRESSION: No change.\n"),
      ("p10000002/s50000009", heading + " Large heart here.\n"),
      ("p10000003/s50000004", " IMPRESSION: None.\n"),
    ] {
      try folder.write(text, to: "files/p10/\(study).txt")
    }
    return folder
  }

  func testReadsTheLayout() throws {
    let folder = try folder()
    let source = try MIMICSource(directory: folder.path)
    XCTAssertEqual(source.studies.map(\.identifier), ["50000001", "50000009"])
    XCTAssertEqual(source.studies.map(\.patient), ["10000001", "10000002"])
    XCTAssertEqual(source.studies.map(\.split), [.train, .validate])
    XCTAssertEqual(source.dropped, 2, "one report too short, one missing")
    XCTAssertEqual(
      source.leftOut,
      [LeftOut("no report", 1), LeftOut("a report of fewer than 3 tokens", 1)])
    XCTAssertEqual(source.studies[1].radiographs.map(\.view), ["PA", "LATERAL"])
    let file = source.studies[1].radiographs[0].file
    XCTAssertTrue(file.hasSuffix("/files/p10/p10000002/s50000009/d2.jpg"), file)
    XCTAssertEqual(try source.report(of: 0), "Lungs are clear. No change.")
    XCTAssertEqual(try source.report(of: 1), "Large heart here.")
  }

  func testReportsMayStandElsewhere() throws {
    let (images, reports) = (try folder(), try folder())
    try FileManager.default.removeItem(atPath: images.path + "/files")
    XCTAssertEqual(
      caught { _ = try MIMICSource(directory: images.path) }?.code, .input, "no report at all")
    let source = try MIMICSource(directory: images.path, reports: reports.path)
    XCTAssertEqual(source.studies.count, 2)
    let unread = try MIMICSource(directory: images.path, readsReports: false)
    XCTAssertEqual(unread.studies.count, 4, "whoever learns labels needs no reports")
    XCTAssertEqual(unread.dropped, 0)
    XCTAssertEqual(try unread.report(of: 0), "")
  }

  func testSectionsCutByThePublisher() throws {
    let folder = try folder()
    let table = """
      study,impression,findings,last_paragraph,comparison
      s50000001,Nothing  new.,"Lines of
      text.",ignored,None
      s50000009,,,Taken from the last paragraph.,
      s50000004,___,,,

      """
    try folder.write(table, to: "mimic_cxr_sectioned.csv")
    let source = try MIMICSource(directory: folder.path)
    XCTAssertEqual(source.studies.map(\.identifier), ["50000001", "50000009"])
    XCTAssertEqual(try source.report(of: 0), "Lines of text. Nothing new.")
    XCTAssertEqual(try source.report(of: 1), "Taken from the last paragraph.")
    XCTAssertEqual(source.dropped, 2)
    XCTAssertEqual(source.missingReports, 1, "study 50000005 is not in the table")
    try folder.write(table + "s50000001,,,,\n", to: "mimic_cxr_sectioned.csv")
    let failure = caught { _ = try MIMICSource(directory: folder.path) }
    XCTAssertTrue(failure?.message.contains("repeats a study") ?? false, "\(failure as Any)")
  }

  func testReportsInLatin1AreReadAndSaid() throws {
    let folder = try folder()
    let bytes = Data("FINDINGS: Heart \u{E0} gauche.".unicodeScalars.map { UInt8($0.value) })
    try folder.write(bytes, to: "files/p10/p10000002/s50000009.txt")
    let source = try MIMICSource(directory: folder.path)
    XCTAssertEqual(try source.report(of: 1), "Heart à gauche.")
    XCTAssertEqual(source.notices, ["1 report is not UTF-8 and was read as Latin-1"])
  }

  func testFaultyTables() throws {
    func message(metadata: String = Self.metadata, split: String = Self.split) throws -> String {
      let folder = try folder(metadata: metadata, split: split)
      return caught { _ = try MIMICSource(directory: folder.path) }?.message ?? ""
    }
    let twice = Self.metadata + "d1,10000001,50000001,CHEST,AP\n"
    XCTAssertTrue(try message(metadata: twice).contains("Line 7 of the metadata table repeats"))
    let unknown = Self.metadata + "d9,10000001,50000001,CHEST,AP\n"
    XCTAssertTrue(try message(metadata: unknown).contains("split table lacks"))
    let escaping = Self.metadata + "../d9,10000001,50000001,CHEST,AP\n"
    XCTAssertTrue(try message(metadata: escaping).contains("no file name"))
    let torn = Self.split.replacingOccurrences(of: "validate,d3", with: "train,d3")
    XCTAssertTrue(try message(split: torn).contains("two splits"))
    let odd = Self.split.replacingOccurrences(of: "test,", with: "holdout,")
    XCTAssertTrue(try message(split: odd).contains("Line 5 of the split table"))
    XCTAssertTrue(try message(split: "dicom_id\n").contains("no column split"))
    let empty = try DataFolder()
    let failure = caught { _ = try MIMICSource(directory: empty.path) }
    XCTAssertEqual(failure?.code, .file)
    XCTAssertTrue(failure?.message.contains("split.csv") ?? false)
    XCTAssertEqual(
      self.failureCode { _ = try MIMICSource(directory: empty.path + "/none") }, .file)
  }

  private func failureCode(_ body: () throws -> Void) -> Failure.Code? { caught(body)?.code }
}
