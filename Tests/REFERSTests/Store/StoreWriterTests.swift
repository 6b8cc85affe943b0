import Diagnostics
import Foundation
import REFERS
import XCTest

/// Writing a store: the report, what is left out, and where it may be written.
final class StoreWriterTests: XCTestCase {
  func testTheReportCountsWhatWasPlanted() throws {
    let folder = try DataFolder()
    let path = folder.path + "/store"
    let report = try StoreWriter(try PlantedStudies(folder), to: path, size: 48).write(workers: 2)
    XCTAssertEqual(report.studiesFound, 9)
    XCTAssertEqual(report.studies, 5)
    XCTAssertEqual(report.studiesDropped.map(\.count), [3, 1])
    XCTAssertEqual(report.imagesFound, 9)
    XCTAssertEqual(report.images, 7)
    XCTAssertEqual(report.imagesDropped.map(\.count), [1, 1])
    XCTAssertEqual(report.parts.map(\.studies), [2, 2, 1])
    XCTAssertEqual(report.parts.map(\.images), [3, 3, 1])
    XCTAssertEqual(report.parts.map(\.patients), [2, 2, 1])
    XCTAssertEqual(report.patients, 4)
    XCTAssertEqual(report.patientsAcrossSplits, 1)
    XCTAssertEqual(report.radiographsPerStudy.map(\.name), ["1", "2"])
    XCTAssertEqual(report.radiographsPerStudy.map(\.count), [3, 2])
    XCTAssertEqual(report.views.map(\.name), ["PA", "unknown", "<AP>", "AP", "LATERAL"])
    XCTAssertEqual(report.views.map(\.count), [3, 1, 1, 1, 1])
    XCTAssertEqual(report.duplicateImages.groups, 1)
    XCTAssertEqual(report.duplicateImages.repeats, 2)
    XCTAssertEqual(report.duplicateImages.acrossPatients, 1)
    XCTAssertEqual(report.duplicateImages.acrossSplits, 1)
    XCTAssertEqual(report.duplicateReports.groups, 1)
    XCTAssertEqual(report.duplicateReports.repeats, 1)
    XCTAssertEqual(report.duplicateReports.acrossPatients, 0)
    XCTAssertEqual(report.duplicateReports.acrossSplits, 1)
    XCTAssertEqual(report.reportLengths.map(\.count), [5])
    XCTAssertEqual(report.reportLengthMedian, 6)

    let store = try StudyStore(directory: path)
    XCTAssertEqual(store.count, 6, "a study that lost its images keeps its index")
    XCTAssertEqual(store.indices(of: [.train]), [0, 1])
    XCTAssertEqual(store.indices(of: [.validate, .test]), [2, 3, 5])
    XCTAssertEqual(store.study(1).radiographs.count, 1)
    XCTAssertEqual(store.notices.count, 1)
    XCTAssertNoThrow(try store.require(share: 0.25))
    XCTAssertEqual(caught { try store.require(share: 0.2) }?.code, .image)
    XCTAssertEqual(
      try store.image(0, of: 1, at: .square(48)),
      try BaseSize.square(48).read(DataFixtures.image("gray8.png"), pixelLimit: 1 << 28))
  }

  func testTheReportSaysEachReasonOfItsSource() throws {
    struct Source: StudySource {
      let planted: PlantedStudies
      let dropped = 7
      var studies: [Study] { planted.studies }
      var leftOut: [LeftOut] { [LeftOut("no report", 4), LeftOut("a short report", 3)] }
      func report(of index: Int) throws -> String { try planted.report(of: index) }
    }
    let folder = try DataFolder()
    let path = folder.path + "/store"
    let source = Source(planted: try PlantedStudies(folder))
    let report = try StoreWriter(source, to: path, size: 48).write(workers: 2)
    XCTAssertEqual(report.studiesFound, 13)
    XCTAssertEqual(
      report.studiesDropped.map(\.name),
      ["no report", "a short report", "no image that can be decoded"])
    XCTAssertEqual(report.studiesDropped.map(\.count), [4, 3, 1])
    for text in [
      report.table, try String(contentsOfFile: path + "/report.json", encoding: .utf8),
      try String(contentsOfFile: path + "/report.html", encoding: .utf8),
    ] {
      XCTAssertTrue(text.contains("a short report"))
    }
  }

  func testItsFilesArePrivateAndNameNobody() throws {
    let folder = try DataFolder()
    let path = folder.path + "/store"
    let report = try StoreWriter(try PlantedStudies(folder), to: path, size: 48).write(workers: 2)
    let files = FileManager.default
    for name in try files.contentsOfDirectory(atPath: path) {
      let mode = try files.attributesOfItem(atPath: path + "/" + name)[.posixPermissions]
      XCTAssertEqual(mode as? Int, 0o600, name)
    }
    XCTAssertEqual(try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int, 0o700)

    func text(_ name: String) throws -> String {
      try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }
    let lines = try text("quarantine.csv").split(separator: "\n").map(String.init)
    XCTAssertEqual(lines.count, 3)
    XCTAssertEqual(lines[0], "study,image,path,reason")
    XCTAssertTrue(lines[1].hasPrefix("1,"), lines[1])
    XCTAssertTrue(lines[1].contains("broken/text.jpg"), lines[1])
    XCTAssertTrue(lines[2].hasPrefix("4,1,"), lines[2])

    let page = try text("report.html")
    XCTAssertTrue(page.contains("images of patients"))
    XCTAssertTrue(page.contains("data:image/jpeg;base64,"))
    XCTAssertTrue(page.contains("&lt;AP&gt;") && !page.contains("<AP>"))
    for part in [page, try text("report.json"), try text("store.json"), report.table] {
      for name in ["anna", "s4", "broken", "lung is clear"] {
        XCTAssertFalse(part.contains(name), name)
      }
    }
  }

  func testAnInterruptedWriterIsGoneOnWithAndNoOther() throws {
    let folder = try DataFolder()
    let source = try PlantedStudies(folder)
    _ = try StoreWriter(source, to: folder.path + "/whole", size: 32, chunk: 1).write(workers: 1)
    let whole = try digestsOfData(folder.path + "/whole")

    // An image that cannot be read ends the writer in the midst of its work.
    let path = folder.path + "/store"
    let gone = folder.path + "/copies/another-name.jpg"
    let kept = try Data(contentsOf: URL(fileURLWithPath: gone))
    try FileManager.default.removeItem(atPath: gone)
    try FileManager.default.createDirectory(atPath: gone, withIntermediateDirectories: false)
    let failure = caught {
      _ = try StoreWriter(source, to: path, size: 32, chunk: 1).write(workers: 1)
    }
    XCTAssertTrue(failure.map { "\($0)".contains("study 0: image") } ?? false, "\(failure as Any)")
    XCTAssertFalse(failure.map { "\($0)".contains("another-name") } ?? true)
    XCTAssertNotNil(caught { _ = try StudyStore(directory: path) })
    try FileManager.default.removeItem(atPath: gone)
    try kept.write(to: URL(fileURLWithPath: gone))

    let other = caught {
      _ = try StoreWriter(source, to: path, size: 33, chunk: 1).write(workers: 1)
    }
    XCTAssertTrue(other?.message.contains("unfinished store of other data") ?? false)
    try FileManager.default.removeItem(atPath: path)

    // A finished store set back to any chunk it may have got to.
    for chunks in 0...6 {
      try? FileManager.default.removeItem(atPath: path)
      try setBack(source, to: path, chunks: chunks)
      _ = try StoreWriter(source, to: path, size: 32, chunk: 1).write(workers: 2)
      XCTAssertEqual(try digestsOfData(path), whole, "\(chunks) chunks")
    }

    // What an older program has begun is not gone on with.
    let older = folder.path + "/older"
    try setBack(source, to: older, chunks: 2)
    let job = older + "/store.unfinished/job.json"
    let text = try String(contentsOfFile: job, encoding: .utf8)
    XCTAssertTrue(text.contains("\"version\" : 1"))
    try Data(text.replacingOccurrences(of: "\"version\" : 1", with: "\"version\" : 0").utf8)
      .write(to: URL(fileURLWithPath: job))
    let begun = caught {
      _ = try StoreWriter(source, to: older, size: 32, chunk: 1).write(workers: 1)
    }
    XCTAssertTrue(begun?.message.contains("another version") ?? false, "\(begun as Any)")

    // Of a finished store and of another folder nothing is changed.
    for size in [31, 64] {
      let taken = caught { _ = try StoreWriter(source, to: path, size: size).write(workers: 1) }
      XCTAssertTrue(taken?.message.contains("finished store of other data") ?? false)
    }
    XCTAssertEqual(try digestsOfData(path), whole)
    // Somebody's own file beside an unfinished store stays what it is.
    let mixed = folder.path + "/mixed"
    try folder.write("mine", to: "mixed/notes.txt")
    try folder.write("mine", to: "mixed/store.unfinished/notes.txt")
    let refused = caught { _ = try StoreWriter(source, to: mixed, size: 32).write(workers: 1) }
    XCTAssertTrue(refused?.message.contains("holds other files") ?? false)
    let full = caught { _ = try StoreWriter(source, to: folder.path, size: 32).write(workers: 1) }
    XCTAssertTrue(full?.message.contains("holds other files") ?? false, "\(full as Any)")
  }

  /// Lets a folder be as a writer leaves it that is killed after so many chunks.
  private func setBack(_ source: PlantedStudies, to path: String, chunks: Int) throws {
    let files = FileManager.default
    let saved = path + "-saved"
    try? files.removeItem(atPath: saved)
    // After the last chunk `store.unfinished/` is still there.
    let copy = Copier(path: path, to: saved, after: chunks)
    _ = try StoreWriter(source, to: path, size: 32, chunk: 1)
      .write(workers: 1) { done, _ in copy.progress(done) }
    if chunks == 0 { return try files.removeItem(atPath: path) }
    try files.removeItem(atPath: path)
    try files.moveItem(atPath: saved, toPath: path)
    // What a chunk that was being written has left.
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path + "/store.unfinished/chunk-5.partial"))
    try Data(count: 100).write(to: URL(fileURLWithPath: path + "/store.unfinished/chunk-4"))
  }
}

/// Copies a folder as it is when so many studies are done.
private final class Copier: @unchecked Sendable {
  private let path: String
  private let target: String
  private let after: Int

  init(path: String, to target: String, after: Int) {
    self.path = path
    self.target = target
    self.after = after
  }

  func progress(_ done: Int) {
    guard done == after else { return }
    try? FileManager.default.copyItem(atPath: path, toPath: target)
  }
}
