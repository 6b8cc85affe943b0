import Diagnostics
import Foundation
import REFERS
import XCTest

/// Writing to where a store is: image files that have changed, and files of the store that are not
/// what they were.
final class PresentStoreTests: XCTestCase {
  func testChangedImagesAreReadAgain() throws {
    let folder = try DataFolder()
    let source = try PlantedStudies(folder)
    let path = folder.path + "/store"
    _ = try StoreWriter(source, to: path, size: 32).write(workers: 1)
    XCTAssertEqual(try notices(source, path).count, 1, "only that it is there already")

    // Mended, and back again.
    let cut = folder.path + "/broken/cut.jpg"
    let broken = try Data(contentsOf: URL(fileURLWithPath: cut))
    var mended = try Data(contentsOf: URL(fileURLWithPath: DataFixtures.image("gray.jpg")))
    for (bytes, images) in [(mended, 8), (broken, 7)] {
      try bytes.write(to: URL(fileURLWithPath: cut))
      let said = try notices(source, path)
      XCTAssertTrue(said.last?.contains("image files have changed") ?? false, "\(said)")
      XCTAssertEqual(try StudyStore(directory: path).notices.count, 1)
      let report = try String(contentsOfFile: path + "/report.json", encoding: .utf8)
      XCTAssertTrue(report.contains("\"images\" : \(images),"), "\(images)")
      try assertFresh(source, path, folder)
    }
    // Mended to a file of the same size.
    let copy = folder.path + "/copies/another-name.jpg"
    mended.removeSubrange((mended.count / 2)...)
    let size = try Data(contentsOf: URL(fileURLWithPath: copy)).count
    mended.append(Data(count: size - mended.count))
    try mended.write(to: URL(fileURLWithPath: copy))
    _ = try notices(source, path)
    try assertFresh(source, path, folder)
  }

  func testAChangedImageIsReadAgainByAWriterThatGoesOn() throws {
    let folder = try DataFolder()
    let source = try PlantedStudies(folder)
    let path = folder.path + "/store"
    let copy = folder.path + "/copies/another-name.jpg"
    let kept = try Data(contentsOf: URL(fileURLWithPath: copy))
    // The writer ends at study 4; 0 and 3 show the copy.
    let cut = folder.path + "/broken/cut.jpg"
    let broken = try Data(contentsOf: URL(fileURLWithPath: cut))
    func stop() throws {
      try FileManager.default.removeItem(atPath: cut)
      try FileManager.default.createDirectory(atPath: cut, withIntermediateDirectories: false)
      XCTAssertNotNil(
        caught { _ = try StoreWriter(source, to: path, size: 32, chunk: 1).write(workers: 1) })
      try FileManager.default.removeItem(atPath: cut)
      try broken.write(to: URL(fileURLWithPath: cut))
    }
    for changed in [Data(count: kept.count), kept] {
      try stop()
      try changed.write(to: URL(fileURLWithPath: copy))
      try stop()
      _ = try StoreWriter(source, to: path, size: 32, chunk: 1).write(workers: 1)
      try assertFresh(source, path, folder)
      try FileManager.default.removeItem(atPath: path)
    }
  }

  func testADamagedStoreIsMadeAnew() throws {
    let folder = try DataFolder()
    let source = try PlantedStudies(folder)
    let path = folder.path + "/store"
    _ = try StoreWriter(source, to: path, size: 32).write(workers: 1)
    let whole = try digests(path)
    XCTAssertEqual(whole.count, 11)
    for name in whole.keys.sorted() where name != "store.json" {
      for damage in ["removed", "cut", "changed"] {
        let file = URL(fileURLWithPath: path + "/" + name)
        if damage == "removed" {
          try FileManager.default.removeItem(at: file)
        } else {
          var bytes = try Data(contentsOf: file)
          if damage == "cut" { bytes.removeLast() } else { bytes[bytes.count / 2] ^= 1 }
          try bytes.write(to: file)
        }
        let said = try notices(source, path)
        XCTAssertTrue(said.last?.contains("made anew") ?? false, "\(name) \(damage): \(said)")
        XCTAssertEqual(try digests(path), whole, "\(name) \(damage)")
      }
    }
    let head = URL(fileURLWithPath: path + "/store.json")
    let text = try String(contentsOf: head, encoding: .utf8)
    try Data(text.prefix(100).utf8).write(to: head)
    XCTAssertTrue(try notices(source, path).last?.contains("store.json is damaged") ?? false)
    XCTAssertEqual(try digests(path), whole)

    // A head that tells nothing of the data, and one of another version, are left to the user.
    try Data(text.prefix(100).utf8).write(to: head)
    try FileManager.default.removeItem(atPath: path + "/source.stamp")
    let older = text.replacingOccurrences(of: "\"version\" : 1", with: "\"version\" : 0")
    for bytes in [Data(text.prefix(100).utf8), Data(older.utf8)] {
      try bytes.write(to: head)
      let failure = caught { _ = try notices(source, path) }
      XCTAssertTrue(failure?.remedy.contains("remove \(path)") ?? false, "\(failure as Any)")
      XCTAssertEqual(try Data(contentsOf: head), bytes)
    }
  }

  func testViewsAreShownWithoutControlsAndInNumber() throws {
    let folder = try DataFolder()
    let image = DataFixtures.image("gray8.png")
    let views =
      ["\u{1B}[31mPA\n\u{7}", String(repeating: "long ", count: 20)]
      + (0..<40).map { "view \($0)" }
    let source = ListedStudies(
      studies: views.enumerated().map { index, view in
        Study(
          identifier: "s\(index)", patient: "p\(index)",
          radiographs: [Radiograph(file: image, view: view)], split: .train)
      }, reports: views.indices.map { "Study number \($0)." })
    let report = try StoreWriter(source, to: folder.path + "/store", size: 16).write(workers: 1)
    XCTAssertEqual(report.views.count, 21)
    XCTAssertEqual(report.views.last?.name, "others")
    XCTAssertEqual(report.views.last?.count, 22)
    XCTAssertTrue(report.views.allSatisfy { $0.name.count <= 24 }, "\(report.views)")
    XCTAssertTrue(report.views.contains { $0.name == "[31mPA" }, "\(report.views)")
    XCTAssertFalse(report.table.unicodeScalars.contains("\u{1B}"))
  }

  /// What a writer says of the store that is there.
  private func notices(_ source: PlantedStudies, _ path: String) throws -> [String] {
    var said: [String] = []
    _ = try StoreWriter(source, to: path, size: 32).write(workers: 1, notice: { said.append($0) })
    return said
  }

  /// Whether a store is what is made of the source in an empty folder.
  private func assertFresh(_ source: PlantedStudies, _ path: String, _ folder: DataFolder) throws {
    let fresh = folder.path + "/fresh"
    _ = try StoreWriter(source, to: fresh, size: 32).write(workers: 1)
    XCTAssertEqual(try digests(path), try digests(fresh))
    try FileManager.default.removeItem(atPath: fresh)
  }
}
