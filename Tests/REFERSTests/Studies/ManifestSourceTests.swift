import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class ManifestSourceTests: XCTestCase {
  private func source(_ text: String, seed: UInt64 = 1) throws -> ManifestSource {
    let folder = try DataFolder()
    return try ManifestSource(path: folder.write(text, to: "list/manifest.csv"), seed: seed)
  }

  func testReportsMayBeOfNoUse() throws {
    let folder = try DataFolder()
    let path = try folder.write("study_id,images\na,x.png;y.png\nb,z.png\n", to: "m.csv")
    let source = try ManifestSource(path: path, readsReports: false)
    XCTAssertEqual(source.studies.map(\.radiographs.count), [2, 1])
    XCTAssertEqual(try source.report(of: 1), "")
    XCTAssertTrue(
      caught { _ = try ManifestSource(path: path) }?.message.contains("report") ?? false)
  }

  func testReadsEveryColumn() throws {
    let folder = try DataFolder()
    let path = try folder.write(
      """
      split,extra,study_id,views,report,images,patient_id
      train,?,s2,PA; L,"Lungs are clear, really.",b.jpg; a/c.png,p1
      val,?,s1,,Small effusion on the left.,./x.jpg,
      validation,?,s3,AP,Heart is large.,a/../y.jpg,p2
      TEST,?,s4,,Heart is small.,z.jpg,p3
      train,?,s5,,,w.jpg,p3
      train,?,s6,,No.,w.jpg,p3
      """, to: "list/manifest.csv")
    let source = try ManifestSource(path: path)
    XCTAssertEqual(source.studies.map(\.identifier), ["s2", "s1", "s3", "s4"])
    XCTAssertEqual(source.studies.map(\.split), [.train, .validate, .validate, .test])
    XCTAssertEqual(source.studies.map(\.patient), ["p1", "s1", "p2", "p3"])
    XCTAssertEqual(source.dropped, 2, "no report, and one of two tokens")
    XCTAssertEqual(
      source.studies[0].radiographs,
      [
        Radiograph(file: folder.path + "/list/a/c.png", view: "L"),
        Radiograph(file: folder.path + "/list/b.jpg", view: "PA"),
      ].map { Radiograph(file: URL(fileURLWithPath: $0.file).standardized.path, view: $0.view) })
    XCTAssertTrue(source.studies[1].radiographs[0].file.hasSuffix("/list/x.jpg"))
    XCTAssertTrue(source.studies[2].radiographs[0].file.hasSuffix("/list/y.jpg"))
    XCTAssertEqual(try source.report(of: 0), "Lungs are clear, really.")
    XCTAssertEqual(source.indices(of: ValidationSet.validate.splits), [1, 2])
    XCTAssertEqual(source.indices(of: ValidationSet.paper.splits), [1, 2, 3])
  }

  func testPathsThatLeaveTheRoot() throws {
    let folder = try DataFolder()
    func source(_ image: String, root: String? = nil) throws -> ManifestSource {
      try ManifestSource(
        path: folder.write(
          "study_id,images,report\ns,\(image),all is well\n", to: "list/manifest.csv"), root: root)
    }
    for image in ["../a.jpg", "b/../../a.jpg", "/etc/passwd", "\(folder.path)/a.jpg", "/../../x"] {
      let failure = caught { _ = try source(image) }
      XCTAssertEqual(failure?.code, .input)
      XCTAssertTrue(failure?.message.hasPrefix("Line 2 of the manifest") ?? false, image)
      XCTAssertFalse(failure?.message.contains("passwd") ?? true, "no path is named")
    }
    for image in ["a.jpg", "b/../a.jpg", "\(folder.path)/list/a.jpg", "..a.jpg"] {
      XCTAssertEqual(try source(image).studies.count, 1, image)
    }
    XCTAssertEqual(
      try source("a.jpg", root: folder.path).studies[0].radiographs[0].file, folder.path + "/a.jpg")
    XCTAssertEqual(
      try source("\(folder.path)/a.jpg", root: folder.path).studies[0].radiographs[0].file,
      folder.path + "/a.jpg")
  }

  func testErrorsNameTheLine() throws {
    let cases: [(String, String)] = [
      ("study_id,report\n", "no column images"),
      ("images,report\n", "no column study_id"),
      ("study_id,images\n", "no column report"),
      ("study_id,images,report\n", "no study"),
      ("study_id,images,report\ns,a.jpg,all is well\ns,b.jpg,all is well\n", "line 2"),
      ("study_id,images,report\ns,,all is well\n", "no images"),
      ("study_id,images,report\ns,a.jpg;;b.jpg,all is well\n", "empty path"),
      ("study_id,images,report\n ,a.jpg,all is well\n", "no study_id"),
      ("study_id,images,report,split\ns,a.jpg,all is well,dev\n", "split"),
      ("study_id,images,report,views\ns,a.jpg,all is well,PA;L\n", "2 views"),
      ("study_id,images,report\ns,a.jpg\n", "2 fields"),
    ]
    for (text, wanted) in cases {
      let failure = caught { _ = try self.source(text) }
      XCTAssertEqual(failure?.code, .input, wanted)
      XCTAssertTrue(failure?.message.contains(wanted) ?? false, "\(wanted): \(failure as Any)")
    }
  }

  func testPatientsAreSplitWithoutASplitColumn() throws {
    var text = "study_id,images,report,patient_id\n"
    for study in 0..<4000 { text += "s\(study),a.jpg,all is well,p\(study / 2)\n" }
    let source = try source(text)
    let held = source.indices(of: [.validate])
    XCTAssertEqual(Double(held.count) / 4000, 0.1, accuracy: 0.02)
    XCTAssertEqual(Set(source.studies.map(\.split)), [.train, .validate])
    for index in stride(from: 0, to: 4000, by: 2) {
      XCTAssertEqual(source.studies[index].split, source.studies[index + 1].split)
    }
    XCTAssertEqual(held, try self.source(text).indices(of: [.validate]))
    XCTAssertNotEqual(held, try self.source(text, seed: 2).indices(of: [.validate]))
    let few = try self.source(
      "study_id,images,report\na,a.jpg,all is well\nb,b.jpg,all is well\n")
    XCTAssertEqual(Set(few.studies.map(\.split)), [.train, .validate], "two patients, both parts")
    let one = try self.source("study_id,images,report\na,a.jpg,all is well\n")
    XCTAssertEqual(one.studies.map(\.split), [.train])
  }

  func testRealManifest() throws {
    let source = try ManifestSource(path: realData("covid_idc/reports.csv"))
    XCTAssertEqual(source.studies.count + source.dropped, 185)
    XCTAssertEqual(
      source.studies.reduce(0) { $0 + $1.radiographs.count }, 214, "dropped \(source.dropped)")
    for radiograph in source.studies.flatMap(\.radiographs) {
      XCTAssertTrue(FileManager.default.fileExists(atPath: radiograph.file))
    }
  }
}
