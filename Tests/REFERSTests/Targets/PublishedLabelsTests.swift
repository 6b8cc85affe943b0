import Diagnostics
import Foundation
import REFERS
import XCTest

/// VinBigData, Shenzhen, and the lists of the method's authors.
final class PublishedLabelsTests: XCTestCase {
  private func failure(_ options: Configuration.Target) -> String {
    caught { _ = try LabeledSet.open(options, seed: 1) }?.description ?? ""
  }

  // MARK: VinBigData

  private static let boxes = """
    image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max
    50a418190bc3fb1ef1633bf9678929b3,No finding,14,R11,,,,
    21a10246a5ec7af151081d0cd6d65dc9,No finding,14,R7,,,,
    9a5094b2563a1ef3ff50dc5c7ff71345,Cardiomegaly,3,R10,691.0,1375.0,1653.0,1831.0
    9a5094b2563a1ef3ff50dc5c7ff71345,Aortic enlargement,0,R10,1264.0,743.0,1611.0,1019.0
    50a418190bc3fb1ef1633bf9678929b3,Nodule/Mass,8,R2,1.0,2.0,3.0,4.0
    50a418190bc3fb1ef1633bf9678929b3,No finding,14,R3,,,,
    9a5094b2563a1ef3ff50dc5c7ff71345,Cardiomegaly,3,R8,700.0,1370.0,1650.0,1830.0

    """

  func testOneReaderOfThreeIsEnough() throws {
    let folder = try DataFolder()
    try folder.write(Self.boxes, to: "train.csv")
    try folder.write("", to: "train/9a5094b2563a1ef3ff50dc5c7ff71345.png")
    let set = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(set.name, "vinbigdata")
    XCTAssertEqual(set.classes.count, 14)
    XCTAssertEqual(set.studies.map(\.identifier.count), [32, 32, 32])
    XCTAssertEqual(set.column("Nodule/Mass"), [1, 0, 0], "R2 saw it, R11 and R3 did not")
    XCTAssertEqual(set.column("Cardiomegaly"), [0, 0, 1])
    XCTAssertEqual(set.column("Aortic enlargement"), [0, 0, 1])
    XCTAssertEqual(set.labels.reduce(0, +), 3)
    XCTAssertEqual(set.sizes, [1, 1, 1])
    XCTAssertEqual(
      set.studies[2].radiographs[0].file,
      folder.path + "/train/9a5094b2563a1ef3ff50dc5c7ff71345.png")
  }

  func testErrorsOfVinBigData() throws {
    let folder = try DataFolder()
    try folder.write(Self.boxes + "21a1,Edema,3,R1,,,,\n", to: "train.csv")
    XCTAssertTrue(failure(targetOptions(folder.path)).hasPrefix("Line 9 of the table of VinBig"))
    try folder.write(Self.boxes, to: "train.csv")
    try folder.write("", to: "train/9a5094b2563a1ef3ff50dc5c7ff71345.dicom")
    let dicom = failure(targetOptions(folder.path))
    XCTAssertTrue(dicom.contains("DICOM") && dicom.contains("Convert them to PNG"), dicom)
  }

  // MARK: Shenzhen

  func testTheNameEndsWithTheLabel() throws {
    let folder = try DataFolder()
    for k in 1...20 {
      try folder.write("", to: "CXR_png/CHNCXR_00\(k < 10 ? "0" : "")\(k)_\(k > 10 ? 1 : 0).png")
    }
    try folder.write("", to: "mask/CHNCXR_0001_0_mask.png")
    try folder.write("", to: "CXR_png/CHNCXR_0001_0_mask.png")
    try folder.write("", to: "CXR_png/Thumbs.png")
    try folder.write("male 45yrs\nnormal", to: "ClinicalReadings/CHNCXR_0001_0.txt")
    let set = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(set.name, "shenzhen")
    XCTAssertEqual(set.classes, ["Tuberculosis"])
    XCTAssertEqual(set.labels, [Float](repeating: 0, count: 10) + [Float](repeating: 1, count: 10))
    XCTAssertEqual(set.studies[0].identifier, "CHNCXR_0001_0.png")
    XCTAssertEqual(set.sizes, [14, 2, 4])
    XCTAssertTrue(
      failure(targetOptions(folder.path) { $0.splits = .published }).contains("no published"))
    XCTAssertTrue(
      failure(targetOptions(folder.path) { $0.only = "a=b" }).contains("--only"))
    XCTAssertTrue(
      failure(targetOptions(folder.path) { $0.columns = "Tuberculose" })
        .contains("Did you mean Tuberculosis?"))
    try folder.write("", to: "CXR_png/CHNCXR_0021_2.png")
    XCTAssertTrue(failure(targetOptions(folder.path)).hasPrefix("1 file named CHNCXR_"))
  }

  // MARK: Lists

  func testListsOfManyClasses() throws {
    let folder = try DataFolder()
    let labels = "0 0 0 1 0 0 0 0 0 0 0 0 0 0"
    try folder.write(
      "images_012/00030605_000.png \(labels)\nimages_001/00000001_000.png  \(labels)\n",
      to: "train_list.txt")
    try folder.write("images_001/00000002_000.png\t\(labels)\n", to: "val_list.txt")
    try folder.write("images_001/00000003_000.png \(labels)\n\n", to: "test_list.txt")
    let nih = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(nih.name, URL(fileURLWithPath: folder.path).lastPathComponent)
    XCTAssertEqual(nih.column("Infiltration"), [1, 1, 1, 1])
    XCTAssertEqual(nih.labels.reduce(0, +), 4)
    XCTAssertEqual(nih.studies.map(\.split), [.train, .train, .validate, .test])
    XCTAssertEqual(nih.studies[0].patient, "00030605")
    XCTAssertEqual(
      nih.studies[0].radiographs[0].file, folder.path + "/images_012/00030605_000.png")
    try folder.write("images_001/00000003_001.png \(labels)\n", to: "val_list.txt")
    XCTAssertTrue(failure(targetOptions(folder.path)).hasPrefix("1 of 3 patients has images"))
    let allowed = try LabeledSet.open(
      targetOptions(folder.path) { $0.sharedPatients = true }, seed: 1)
    XCTAssertTrue(allowed.notices.contains("1 of 3 patients has images in more than one split"))

    let reals = "1.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 1.0 0.0"
    for (k, list) in ["train_list.txt", "val_list.txt", "test_list.txt"].enumerated() {
      try folder.write("\(k)61e3688e902469aeda86709a31c475e.png \(reals)\n", to: list)
    }
    let vinbigdata = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(vinbigdata.column("Aortic enlargement"), [1, 1, 1])
    XCTAssertEqual(vinbigdata.column("Nodule/Mass"), [1, 1, 1])
  }

  /// The authors' lists of NIH say `images_001/NAME`, its archives unpack to `images_001/images`.
  func testImagesOfListsAreFoundInTheFoldersOfTheirSet() throws {
    let folder = try DataFolder()
    let names = ["00000001_000.png", "00000002_000.png", "00000003_000.png"]
    for (list, name) in zip(["train", "val", "test"], names) {
      try folder.write("images_001/\(name) 0 1 1\n", to: list + ".txt")
    }
    try folder.write("", to: "images_001/images/" + names[0])
    try folder.write("", to: "images_001/" + names[1])
    for part in ["images_002", "images_003"] { try folder.write("", to: "\(part)/" + names[2]) }
    let set = try LabeledSet.open(targetOptions(folder.path) { $0.columns = "a,b,c" }, seed: 1)
    XCTAssertEqual(
      set.studies.map(\.radiographs[0].file),
      [
        folder.path + "/images_001/images/" + names[0], folder.path + "/images_001/" + names[1],
        folder.path + "/images_001/" + names[2],
      ], "which of two is meant nobody knows")
  }

  func testListsOfTwoColumns() throws {
    let folder = try DataFolder()
    try folder.write("CHNCXR_0001_0.png 1 0\r\nCHNCXR_0400_1.png 0 1\r\n", to: "train.txt")
    try folder.write("CHNCXR_0002_0.png 1 0", to: "valid.txt")
    try folder.write("CHNCXR_0003_0.png 1 0\n", to: "test.txt")
    let shenzhen = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(shenzhen.classes, ["Tuberculosis"])
    XCTAssertEqual(shenzhen.labels, [0, 1, 0, 0])
    XCTAssertEqual(shenzhen.studies.map(\.split), [.train, .train, .validate, .test])
    try folder.write("a scan day1-pa.png 0 1\r\nb.png 1 0\r\n", to: "train.txt")
    let covid = try LabeledSet.open(targetOptions(folder.path), seed: 1)
    XCTAssertEqual(covid.classes, ["COVID-19"])
    XCTAssertEqual(covid.studies[0].identifier, "a scan day1-pa.png")
    XCTAssertEqual(covid.labels, [1, 0, 0, 0])
    XCTAssertEqual(
      try LabeledSet.open(targetOptions(folder.path) { $0.task = .ct2 }, seed: 1).classes, ["Viral"]
    )
    XCTAssertEqual(
      try LabeledSet.open(targetOptions(folder.path) { $0.columns = "Mild,Severe" }, seed: 1)
        .classes,
      ["Severe"])
    XCTAssertTrue(failure(targetOptions(folder.path) { $0.columns = "a,b,c" }).contains("3 names"))
  }

  func testErrorsOfLists() throws {
    let folder = try DataFolder()
    func failure(_ train: String) throws -> String {
      try folder.write(train, to: "train.txt")
      return self.failure(targetOptions(folder.path) { $0.layout = .lists })
    }
    try folder.write("c.png 1 0\n", to: "val.txt")
    try folder.write("d.png 1 0\n", to: "test.txt")
    XCTAssertTrue(
      try failure("a.png 0 1\nb.png 0 x\n").hasPrefix("Line 2 of train.txt has no 2 labels"))
    XCTAssertTrue(
      try failure("a.png 0 1\nb.png 0 1 1\n").hasPrefix("Line 2 of train.txt has no 2 labels"))
    XCTAssertTrue(
      try failure("a.png 0 1\nb.png 1 1\n").hasPrefix("Line 2 of train.txt has two labels"))
    XCTAssertTrue(try failure("a.png\n").hasPrefix("Line 1 of train.txt has no label"))
    XCTAssertTrue(try failure("../a.png 0 1\n").contains("outside of the folder"))
    XCTAssertTrue(
      try failure("c.png 0 1\n").contains("Line 1 of val.txt repeats the image of line 1"))
    XCTAssertTrue(try failure("a.png 0 1\nb.dcm 1 0\n").contains("Convert them to PNG"))
    try folder.write("e.png 1 0\n", to: "valid.txt")
    XCTAssertTrue(try failure("a.png 0 1\n").contains("both val.txt and valid.txt"))
    try FileManager.default.removeItem(atPath: folder.path + "/valid.txt")
    for list in ["val.txt", "test.txt"] { try folder.write("\(list).png 1 0 1\n", to: list) }
    XCTAssertTrue(try failure("a.png 0 1 1\n").contains("The 3 columns of the lists have no names"))
  }

  func testWhatIsNoLayout() throws {
    let folder = try DataFolder()
    XCTAssertTrue(failure(targetOptions(folder.path)).contains("no layout that is known"))
    XCTAssertTrue(failure(targetOptions(folder.path + "/none")).contains("does not exist"))
    XCTAssertTrue(
      failure(targetOptions(folder.path) { $0.layout = .nih }).contains("no table Data_Entry"))
  }
}
