import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class COVIDLabelsTests: XCTestCase {
  private static let heading =
    "patientid,offset,sex,age,finding,survival,intubated,view,modality,date,location,folder,"
    + "filename,doi,url,license,clinical_notes,other_notes,\n"

  private func row(
    _ patient: Int, _ finding: String, _ file: String, view: String = "PA",
    modality: String = "X-ray", notes: String = "\"Fever, then\ncough\""
  ) -> String {
    "\(patient),0,M,65,\"\(finding)\",Y,,\(view),\(modality),2020,Here,images,\(file),,,CC BY,"
      + "\(notes),,\n"
  }

  private func folder(_ rows: [String]) throws -> DataFolder {
    let folder = try DataFolder()
    try folder.write(Self.heading + rows.joined(), to: "metadata.csv")
    return folder
  }

  func testBothTasksInBothForms() throws {
    let findings: [(String, Float, Float)] = [
      ("COVID-19", 1, 1), ("COVID-19, ARDS", 1, 1), ("SARS", 0, 1), ("Varicella", 0, 1),
      ("Streptococcus", 0, 0), ("Klebsiella", 0, 0), ("Mycoplasma Bacterial Pneumonia", 0, 0),
      ("Pneumocystis", 0, .nan), ("No Finding", 0, .nan), ("Lipoid", 0, .nan), ("ARDS", 0, .nan),
      ("Pneumonia/Viral/COVID-19", 1, 1), ("Pneumonia/Viral/MERS-CoV", 0, 1),
      ("Pneumonia/Viral/Influenza/H1N1", 0, 1), ("Pneumonia/Bacterial/Streptococcus", 0, 0),
      ("Pneumonia/Bacterial", 0, 0), ("Pneumonia/Fungal/Pneumocystis", 0, .nan),
      ("Pneumonia", 0, .nan), ("Tuberculosis", 0, .nan), ("todo", .nan, .nan), ("", .nan, .nan),
      ("Unknown", .nan, .nan),
    ]
    let rows = findings.enumerated().map { row($0, $1.0, "\($0).jpg") }
    let folder = try folder(rows)
    let first = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(first.name, "covid-c-t1")
    XCTAssertEqual(first.classes, ["COVID-19"])
    XCTAssertEqual(first.labels, findings.map(\.1).filter { !$0.isNaN })
    XCTAssertTrue(
      first.notices.contains("3 images left out: no label is known"), "\(first.notices)")
    let second = try LabeledSet.open(targetOptions(folder.path) { $0.task = .ct2 }, seed: 1)
    XCTAssertEqual(second.name, "covid-c-t2")
    XCTAssertEqual(second.classes, ["Viral"])
    XCTAssertEqual(second.labels, findings.map(\.2).filter { !$0.isNaN })
  }

  func testRadiographsAlone() throws {
    let folder = try folder([
      row(1, "COVID-19", "a.jpg"), row(2, "SARS", "b.png", view: "AP Supine"),
      row(3, "SARS", "c.jpg", view: "Axial", modality: "CT"),
      row(1, "COVID-19", "d.jpg", view: "L"),
      row(4, "SARS", "e.nii.gz", view: "Coronal", modality: "CT"),
      row(5, "SARS", "f.jpg", view: "AP"),
      row(5, "SARS", "f.jpg", view: "AP"), row(6, "SARS", "g.jpg", view: "PA", modality: "CT"),
    ])
    try folder.write("", to: "images/a.jpg")
    try folder.write("", to: "b.png")
    let set = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(set.studies.map(\.identifier), ["a.jpg", "b.png", "d.jpg", "f.jpg"])
    XCTAssertEqual(set.studies.map(\.patient), ["1", "2", "1", "5"])
    XCTAssertEqual(set.studies.map { $0.radiographs[0].view }, ["PA", "AP Supine", "L", "AP"])
    XCTAssertEqual(
      set.studies.map { String($0.radiographs[0].file.dropFirst(folder.path.count)) },
      ["/images/a.jpg", "/b.png", "/images/d.jpg", "/images/f.jpg"])
    XCTAssertEqual(
      set.notices.prefix(2),
      ["3 images left out: no radiograph", "1 line left out: it repeats an image"])
    XCTAssertTrue(set.partsOfPatients.values.allSatisfy { $0.count == 1 })
  }

  func testErrors() throws {
    func failure(_ rows: [String]) throws -> String {
      let folder = try folder(rows)
      return caught { _ = try LabeledSet.open(targetOptions(folder.path), seed: 1) }?.description
        ?? ""
    }
    let conflict = try failure([row(1, "COVID-19", "a.jpg"), row(1, "SARS", "a.jpg")])
    XCTAssertTrue(conflict.hasPrefix("Line 4 of the table of the COVID-19"), conflict)
    XCTAssertTrue(try failure([row(1, "SARS", "../../a.jpg")]).contains("outside of the folder"))
    XCTAssertTrue(try failure([row(1, "SARS", "")]).contains("names no image"))
    let few = try failure([row(1, "COVID-19", "a.jpg"), row(1, "SARS", "b.jpg")])
    XCTAssertTrue(few.contains("1 patient in all"), few)
  }

  func testRealCollection() throws {
    let path = try realData("covid_idc/labels.csv")
    func open(_ change: (inout Configuration.Target) -> Void) throws -> LabeledSet {
      try LabeledSet.open(targetOptions(path, change), seed: 1)
    }
    let first = try open { $0.layout = .covid }
    XCTAssertEqual(first.sizes, [208, 35, 63])
    XCTAssertEqual(first.labels.reduce(0, +), 210)
    let second = try open {
      $0.layout = .covid
      $0.task = .ct2
    }
    XCTAssertEqual(second.count, 258)
    XCTAssertEqual(second.labels.reduce(0, +), 217)
    let manifest = try open { $0.columns = "covid" }
    XCTAssertEqual(manifest.name, "covid_idc/labels")
    XCTAssertEqual(manifest.labels, first.labels)
    XCTAssertEqual(manifest.studies.map(\.split), first.studies.map(\.split))
    let types = try open {
      $0.columns = "pneumonia_type"
      $0.only = "pneumonia_type=viral|bacterial"
    }
    XCTAssertEqual(types.classes, ["viral"])
    XCTAssertEqual(types.labels, second.labels)
    let all = try open { $0.columns = "pneumonia_type" }
    XCTAssertEqual(all.task, .multiClass)
    XCTAssertEqual(all.classes.count, 6)
    for study in first.studies {
      XCTAssertTrue(FileManager.default.fileExists(atPath: study.radiographs[0].file))
    }
  }
}
