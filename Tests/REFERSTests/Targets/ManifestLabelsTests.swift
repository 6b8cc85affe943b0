import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class ManifestLabelsTests: XCTestCase {
  private func open(
    _ text: String, seed: UInt64 = 1, _ change: (inout Configuration.Target) -> Void = { _ in }
  ) throws -> LabeledSet {
    let folder = try DataFolder()
    return try LabeledSet.open(
      targetOptions(folder.write(text, to: "set/labels.csv"), change), seed: seed)
  }

  func testReadsEveryColumn() throws {
    let folder = try DataFolder()
    let path = try folder.write(
      """
      age,effusion,image,view,split,mass,patient_id,comment
      54,1,a/one.png,PA,train,0.0,p1,"some, text"
      61,0,two.png, AP ,train,-1,p1,
      7,,three.png,L,val,1.0,p2,0
      80,,four.png,,test,,p2,
      80,1,five.png,,test,-1.0,p3,
      """, to: "set/labels.csv")
    let set = try LabeledSet.open(targetOptions(path), seed: 1)
    XCTAssertEqual(set.name, "set/labels")
    XCTAssertEqual(set.task, .multiLabel)
    XCTAssertEqual(set.classes, ["effusion", "mass"])
    XCTAssertEqual(set.columns, 2)
    XCTAssertEqual(
      set.studies.map(\.identifier), ["a/one.png", "two.png", "three.png", "five.png"])
    XCTAssertEqual(set.studies.map(\.patient), ["p1", "p1", "p2", "p3"])
    XCTAssertEqual(set.studies.map(\.split), [.train, .train, .validate, .test])
    XCTAssertEqual(set.studies.map { $0.radiographs[0].view }, ["PA", "AP", "L", ""])
    XCTAssertEqual(set.studies[0].radiographs[0].file, folder.path + "/set/a/one.png")
    XCTAssertEqual(set.studies[3].place, "line 6 of the manifest")
    XCTAssertEqual(describe(set.labels), "1 0 0 ? ? 1 1 ?")
    XCTAssertEqual(describe(Array(set.labels(of: 2))), "? 1")
    XCTAssertEqual(try set.report(of: 0), "")
    XCTAssertEqual(
      set.notices,
      [
        "2 uncertain labels ignored (target.uncertain)", "1 image left out: no label is known",
      ])
    let negative = try LabeledSet.open(targetOptions(path) { $0.uncertain = .negative }, seed: 1)
    XCTAssertEqual(describe(negative.labels), "1 0 0 0 ? 1 1 0")
    let positive = try LabeledSet.open(targetOptions(path) { $0.uncertain = .positive }, seed: 1)
    XCTAssertEqual(describe(positive.labels), "1 0 0 1 ? 1 1 1")
    let named = try LabeledSet.open(
      targetOptions(path) { $0.columns = " mass ,effusion" }, seed: 1)
    XCTAssertEqual(named.classes, ["mass", "effusion"])
    XCTAssertEqual(describe(named.labels), "0 1 ? 0 1 ? ? 1")
  }

  private func describe(_ labels: [Float]) -> String {
    labels.map { $0.isNaN ? "?" : "\(Int($0))" }.joined(separator: " ")
  }

  func testRowsAreChosen() throws {
    var text = "image,pneumonia,viral,kind\n"
    for k in 0..<30 {
      text += "\(k).png,\(k % 2).0,\(k % 3 == 0 ? 1 : 0),\(["a", "b", "c"][k % 3])\n"
    }
    let set = try open(text) {
      $0.columns = "viral"
      $0.only = "pneumonia=1"
    }
    XCTAssertEqual(
      set.studies.map(\.identifier), stride(from: 1, to: 30, by: 2).map { "\($0).png" })
    XCTAssertEqual(set.column("viral").filter { $0 == 1 }.count, 5)
    let either = try open(text) {
      $0.columns = "kind"
      $0.only = "kind=a|c"
    }
    XCTAssertEqual(either.classes, ["c"])
    XCTAssertEqual(either.studies.count, 20)
    XCTAssertEqual(try open(text) { $0.only = "viral = 0" }.classes, ["pneumonia"])
  }

  func testClassesAreTheValuesOfOneColumn() throws {
    func set(_ values: [String]) throws -> LabeledSet {
      let lines = (0..<12).map { "\($0).png,\(values[$0 % values.count])" }
      return try open("image,finding\n" + lines.joined(separator: "\n")) { $0.columns = "finding" }
    }
    let many = try set(["virus", "normal", "bacteria"])
    XCTAssertEqual(many.task, .multiClass)
    XCTAssertEqual(many.classes, ["bacteria", "normal", "virus"])
    XCTAssertEqual(many.columns, 1)
    XCTAssertEqual(many.labels, Array([[2, 1, 0], [2, 1, 0], [2, 1, 0], [2, 1, 0]].joined()))
    XCTAssertEqual(many.uniformClasses(among: [1, 2]), ["virus"])
    XCTAssertEqual(many.uniformClasses(among: [0, 3]), ["bacteria", "normal", "virus"])
    XCTAssertEqual(try set(["10", "2", "0"]).classes, ["0", "2", "10"])
    let two = try set(["viral", "bacterial", ""])
    XCTAssertEqual(two.task, .multiLabel)
    XCTAssertEqual(two.classes, ["viral"])
    XCTAssertEqual(two.labels, [1, 0, 1, 0, 1, 0, 1, 0])
    XCTAssertEqual(try set(["Normal", "Abnormal"]).classes, ["Abnormal"])
    XCTAssertEqual(try set(["positive", "negative"]).classes, ["positive"])
    XCTAssertEqual(try set(["1", "0"]).classes, ["finding"])
  }

  func testOneLineMayHaveSeveralImages() throws {
    let set = try open(
      """
      images,edema,views,split
      a.png; b.png,1,PA;L,train
      c.png,0,PA,val
      d.png,0,,test
      """)
    XCTAssertEqual(set.studies.map(\.identifier), ["a.png", "b.png", "c.png", "d.png"])
    XCTAssertEqual(set.studies.map(\.patient), ["a.png", "a.png", "c.png", "d.png"])
    XCTAssertEqual(set.studies.map { $0.radiographs[0].view }, ["PA", "L", "PA", ""])
    XCTAssertEqual(set.labels, [1, 1, 0, 0])
    XCTAssertEqual(set.summary, "set/labels: 4 images; positive: edema 2 of 4")
    let one = try open("image,edema,split\na;b.png,1,train\nc.png,0,val\nd.png,0,test\n")
    XCTAssertEqual(one.studies[0].identifier, "a;b.png", "of image, a path may hold it")
  }

  func testTheSummaryTellsAStrayClass() throws {
    let kinds = ["0", "1", "0", "1", "2"]
    let lines = kinds.enumerated().map { "\($0).png,\($1),\(["train", "val", "test"][$0 % 3])" }
    let set = try open("image,kind,split\n" + lines.joined(separator: "\n")) { $0.columns = "kind" }
    XCTAssertEqual(
      set.summary, "set/labels: 5 images, each of one of 3 classes: 0 2, 1 2, 2 1")
  }

  func testAColumnWithOneOddFieldIsNamed() throws {
    let set = try open(
      """
      image,a,b,age,split
      0.png,1,0,40,train
      1.png,0,maybe,1,train
      2.png,1,1,51,val
      3.png,0,0,60,test
      """)
    XCTAssertEqual(set.classes, ["a"])
    XCTAssertEqual(
      set.notices,
      [
        "column b is taken for no label: line 3 has none of 1, 0, -1 and nothing; --labels names "
          + "the columns that are"
      ])
  }

  func testPatientsAreDivided() throws {
    func text(_ patients: some Sequence<Int>) -> String {
      let lines = patients.flatMap { patient in
        (0..<2).map { "\(patient)-\($0).png,\(patient % 2),p\(patient)" }
      }
      return "image,edema,patient_id\n" + lines.joined(separator: "\n")
    }
    let set = try open(text(0..<50))
    XCTAssertEqual(set.sizes, [70, 10, 20], "two images of each of fifty patients")
    XCTAssertTrue(set.partsOfPatients.values.allSatisfy { $0.count == 1 })
    XCTAssertEqual(set.partsOfPatients, try open(text((0..<50).reversed())).partsOfPatients)
    XCTAssertEqual(
      set.partsOfPatients, try open(text(0..<50)) { $0.splits = .patient }.partsOfPatients)
    XCTAssertNotEqual(set.partsOfPatients, try open(text(0..<50), seed: 2).partsOfPatients)
    XCTAssertEqual(try open(text(0..<4)).sizes, [4, 2, 2], "each part has a patient")
  }

  func testAPatientInTwoSplits() throws {
    let text = """
      image,edema,patient_id,split
      a.png,1,p1,train
      b.png,0,p1,test
      c.png,1,p2,val
      d.png,0,p3,train
      e.png,0,p2,test
      """
    let failure = caught { _ = try self.open(text) }
    XCTAssertEqual(failure?.code, .input)
    XCTAssertEqual(failure?.message, "2 of 3 patients have images in more than one split.")
    XCTAssertTrue(failure?.remedy.contains("target.shared_patients=true") ?? false)
    let allowed = try open(text) { $0.sharedPatients = true }
    XCTAssertEqual(allowed.sizes, [2, 1, 2])
    XCTAssertTrue(allowed.notices.contains("2 of 3 patients have images in more than one split"))
    let divided = try open(text) { $0.splits = .patient }
    XCTAssertTrue(divided.partsOfPatients.values.allSatisfy { $0.count == 1 })
  }

  func testAPublishedSplitWithoutAValidationPart() throws {
    let lines = (0..<32).map { "\($0).png,\($0 % 2),p\($0 / 2),\($0 < 24 ? "train" : "test")" }
    let set = try open("image,edema,patient_id,split\n" + lines.joined(separator: "\n"))
    XCTAssertEqual(set.sizes, [20, 4, 8], "two of twelve patients, rounded from an eighth")
    XCTAssertEqual(set.indices(of: [.test]), Array(24..<32))
    XCTAssertTrue(set.partsOfPatients.values.allSatisfy { $0.count == 1 })
    XCTAssertTrue(set.notices.contains { $0.hasPrefix("no validation part is published") })
  }

  func testErrors() throws {
    let rows = "image,effusion,mass,split\na.png,1,0,train\nb.png,0,1,val\nc.png,0,1,test\n"
    typealias Change = (inout Configuration.Target) -> Void
    let cases: [(String, String, Change)] = [
      ("name,effusion\n", "no column image", { _ in }),
      ("image,effusion\n", "No line", { _ in }),
      (rows, "Did you mean effusion?", { $0.columns = "efusion" }),
      (rows, "There is no column mas.", { $0.columns = "effusion,mas" }),
      (rows, "empty name", { $0.columns = "effusion,,mass" }),
      (rows, "no condition", { $0.only = "mass" }),
      (rows, "There is no column mess", { $0.only = "mess=1" }),
      (rows, "has the value of --only", { $0.only = "mass=7" }),
      (
        rows + "d.png,2,0,train\n", "Line 5 of the manifest has a label in column effusion",
        { $0.columns = "effusion,mass" }
      ),
      (
        rows + "d.png,x,0,train\n", "Line 5 of the manifest has a label in column effusion",
        { $0.columns = "effusion" }
      ),
      (
        rows + "./a.png,0,0,train\n", "Line 5 of the manifest repeats the image of line 2", { _ in }
      ),
      (rows + ",0,0,train\n", "Line 5 of the manifest has no image", { _ in }),
      (rows + "../d.png,0,0,train\n", "Line 5 of the manifest names an image outside", { _ in }),
      (rows + "d.png,0,0,dev\n", "Line 5 of the manifest has a split of another name", { _ in }),
      ("image,kind\na.png,x\nb.png,y\n", "No column of the manifest holds labels", { _ in }),
      ("image,kind\na.png,x\nb.png,x\n", "has 1 different values", { $0.columns = "kind" }),
      (
        "image,kind\na.png,Viral\nb.png,viral\nc.png,x\n",
        "writes one class in 2 ways, in lines 2, 3.", { $0.columns = "kind" }
      ),
      (
        "image,kind\na.png,no  finding\nb.png,No Finding\nc.png,x\n", "in 2 ways",
        { $0.columns = "kind" }
      ),
      (
        "image,kind\na.png,None\nb.png,Normal\n", "None and Normal, say that nothing was found",
        { $0.columns = "kind" }
      ),
      (
        "image,report\na.png,Clear.\nb.png,Worse.\n", "Column report holds reports",
        { $0.columns = "report" }
      ),
      (
        "image,patient_id\na.png,Ann\nb.png,Bob\n", "Column patient_id holds reports, or names",
        { $0.columns = "patient_id" }
      ),
      ("image;effusion\na.png;1\n", "separated by semicolons", { _ in }),
      ("images,effusion\na.png;;b.png,1\n", "Line 2 of the manifest has no image", { _ in }),
      ("image,effusion\na.png,1\nb.png,0\n", "2 patients in all", { _ in }),
      (
        rows, "No image is for training (train: 0, validate: 1, test: 1; 2",
        {
          $0.only = "image=a.png|c.png"
          $0.splits = .patient
        }
      ),
      (
        "image,effusion,split\na.png,1,train\nb.png,0,val\n", "No image is for testing",
        { $0.splits = .published }
      ),
      ("image,effusion\na.png,1\nb.png,0\n", "no published splits", { $0.splits = .published }),
      ("image,effusion\na.png,\nb.png,-1\n", "No column of the manifest holds", { _ in }),
      (
        "image,effusion\na.png,\nb.png,-1\n",
        "0 patients in all). 1 uncertain label ignored (target.uncertain). 2 images left out: no "
          + "label is known.",
        { $0.columns = "effusion" }
      ),
    ]
    for (text, wanted, change) in cases {
      let failure = caught { _ = try self.open(text, change) }
      XCTAssertTrue(
        failure?.description.contains(wanted) ?? false, "\(wanted): \(failure as Any)")
      XCTAssertFalse(failure?.remedy.isEmpty ?? true, wanted)
    }
    XCTAssertEqual(
      caught { _ = try LabeledSet.open(Configuration().target, seed: 1) }?.code, .configuration)
  }

  func testChildrenWithPneumonia() throws {
    let path = try realData("kermany_pneumonia/labels.csv")
    let set = try LabeledSet.open(
      targetOptions(path) {
        $0.columns = "pneumonia"
        $0.splits = .patient
      }, seed: 1)
    XCTAssertEqual(set.classes, ["pneumonia"])
    XCTAssertEqual(set.studies.count, 5216)
    XCTAssertEqual(set.column("pneumonia").reduce(0, +), 3875)
    XCTAssertEqual(set.partsOfPatients.count, 2913)
    XCTAssertTrue(set.partsOfPatients.values.allSatisfy { $0.count == 1 })
    let patients = StudySplit.allCases.map { part in
      set.partsOfPatients.values.filter { $0 == [part] }.count
    }
    XCTAssertEqual(patients, [2039, 291, 583], "70, 10 and 20 % of the patients")
    XCTAssertTrue(FileManager.default.fileExists(atPath: set.studies[0].radiographs[0].file))
    let viral = try LabeledSet.open(
      targetOptions(path) {
        $0.columns = "viral"
        $0.only = "pneumonia=1"
      }, seed: 1)
    XCTAssertEqual(viral.studies.count, 3875)
    XCTAssertEqual(viral.column("viral").reduce(0, +), 1345)
    XCTAssertTrue(viral.notices.contains { $0.contains("one part only") }, "\(viral.notices)")
  }
}
