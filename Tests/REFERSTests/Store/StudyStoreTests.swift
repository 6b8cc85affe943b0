import Diagnostics
import Foundation
import REFERS
import XCTest

/// The store of prepared studies: what it gives, and which stores are refused.
final class StudyStoreTests: XCTestCase {
  func testItGivesWhatTheSourceGives() throws {
    let folder = try DataFolder()
    let source = ListedStudies(radiographs: [1, 3, 2, 5, 4])
    _ = try StoreWriter(source, to: folder.path + "/store", size: 64).write(workers: 2)
    let store = try StudyStore(directory: folder.path + "/store")
    XCTAssertEqual(store.count, 5)
    XCTAssertEqual(store.indices(of: [.train]), source.indices(of: [.train]))
    let image = ImageOptions(resize: 64, crop: 56)
    let (stored, original) = (try preparer(store, image), try preparer(source, image))
    for study in 0..<5 {
      XCTAssertEqual(try store.report(of: study), try source.report(of: study))
      for (epoch, training) in [(0, true), (1, true), (0, false)] {
        XCTAssertEqual(
          try stored.prepare(study, epoch: epoch, training: training),
          try original.prepare(study, epoch: epoch, training: training), "study \(study)")
      }
    }
    // A smaller size is made of the store's images, a larger one is refused.
    let small = try preparer(store, ImageOptions(resize: 40, crop: 32))
    XCTAssertEqual(try small.prepare(1, epoch: 0, training: false).images.first?.width, 32)
    let large = try preparer(store, ImageOptions(resize: 65, crop: 56))
    let failure = caught { _ = try large.prepare(1, epoch: 0, training: false) }
    XCTAssertTrue(failure?.remedy.contains("--size 65") ?? false, "\(failure as Any)")
    XCTAssertNotNil(caught { _ = try store.side(of: .shortSide(64)) })
    XCTAssertNotNil(caught { _ = try store.report(of: 5) })
    XCTAssertNotNil(caught { _ = try store.image(9, of: 1, at: .square(64)) })
  }

  func testTheBytesAreThoseOfTheSourceAlone() throws {
    let folder = try DataFolder()
    let source = try PlantedStudies(folder)
    var first: [String: String]?
    for (workers, chunk) in [(1, 64), (3, 1), (2, 2), (8, 4)] {
      let path = folder.path + "/store-\(workers)-\(chunk)"
      let report = try StoreWriter(source, to: path, size: 32, chunk: chunk)
        .write(workers: workers)
      let made = try digests(path)
      XCTAssertEqual(made.count, 11, "\(made.keys)")
      XCTAssertEqual(made, first ?? made, "\(workers) workers, chunks of \(chunk)")
      first = made
      // Once more changes nothing, and says the same.
      let again = try StoreWriter(source, to: path, size: 32).write(workers: 1)
      XCTAssertEqual(again, report)
      XCTAssertEqual(try digests(path), made)
    }
  }

  func testTheVocabularyIsThatOfTheTrainingReports() throws {
    let folder = try DataFolder()
    let texts = (0..<40).map { "Mild \($0 % 7) effusion of the Left lung; Größe \($0)." }
    let listed = ListedStudies(radiographs: Array(repeating: 1, count: 40))
    let source = ListedStudies(studies: listed.studies, reports: texts)
    _ = try StoreWriter(source, to: folder.path + "/store", size: 16).write(workers: 1)
    let store = try StudyStore(directory: folder.path + "/store")
    for lowerCase in [true, false] {
      for size in [5, 60, 80, 100, 29_000, 40_000] {
        let trained = try WordPieceTrainer(size: size).train(on: texts, lowerCase: lowerCase)
        XCTAssertEqual(
          try store.vocabulary(size: size, lowerCase: lowerCase)?.tokens, trained.tokens,
          "size \(size)")
      }
    }
  }

  func testWhatIsNoWholeStoreIsRefused() throws {
    let folder = try DataFolder()
    let source = try PlantedStudies(folder)
    let path = folder.path + "/store"
    _ = try StoreWriter(source, to: path, size: 32).write(workers: 1)
    let head = try String(contentsOfFile: path + "/store.json", encoding: .utf8)

    func refused(_ what: String, _ part: String, _ body: () throws -> Void) {
      let failure = caught(body)
      XCTAssertTrue(failure.map { "\($0)".contains(part) } ?? false, "\(what): \(failure as Any)")
      XCTAssertFalse(failure?.remedy.isEmpty ?? true, what)
    }
    func open() throws { _ = try StudyStore(directory: path) }
    for (name, part) in [
      ("studies.bin", "studies.bin"), ("images.index", "images.index"),
    ] {
      try spoil(path + "/" + name) { $0[5] ^= 1 }
      refused(name, part, open)
      try spoil(path + "/" + name) { $0[5] ^= 1 }
    }
    for name in ["studies.bin", "images.index", "images.bin", "reports.txt"] {
      var last: UInt8 = 0
      try spoil(path + "/" + name) { last = $0.removeLast() }
      refused("\(name) cut", name, open)
      try spoil(path + "/" + name) { $0.append(last) }
    }
    try open()

    // Pixels and text are checked when they are read.
    let store = try StudyStore(directory: path)
    // A file that is cut while it is open is an error, too; a mapped one would end the process.
    for (name, read) in [
      ("images.bin", { _ = try store.image(0, of: 5, at: .square(32)) }),
      ("reports.txt", { _ = try store.report(of: 5) }),
    ] as [(String, () throws -> Void)] {
      var kept = Data()
      try spoil(path + "/" + name) {
        kept = $0
        $0.removeAll()
      }
      refused("\(name) cut while it is read", name, read)
      try spoil(path + "/" + name) { $0 = kept }
      try read()
    }
    try spoil(path + "/images.bin") { $0[7] ^= 1 }
    refused("pixels", "images.bin") { _ = try store.image(0, of: 0, at: .square(32)) }
    try spoil(path + "/images.bin") { $0[7] ^= 1 }
    try spoil(path + "/reports.txt") { $0[2] ^= 1 }
    refused("text", "reports.txt") { _ = try store.report(of: 0) }
    try spoil(path + "/reports.txt") { $0[2] ^= 1 }
    XCTAssertEqual(try store.report(of: 3), source.reports[3])
    try spoil(path + "/vocab.txt") { $0[1] ^= 1 }
    refused("vocabulary", "vocab.txt") { _ = try store.vocabulary(size: 100, lowerCase: true) }
    try spoil(path + "/vocab.txt") { $0[1] ^= 1 }

    for (what, text, part) in [
      (
        "newer", head.replacingOccurrences(of: "\"version\" : 1", with: "\"version\" : 2"),
        "version 2"
      ),
      (
        "older", head.replacingOccurrences(of: "\"version\" : 1", with: "\"version\" : 0"),
        "version 0"
      ),
      ("cut", String(head.prefix(100)), "no head"), ("empty", "", "no head"),
      (
        "negative", head.replacingOccurrences(of: "\"studies\" : 6", with: "\"studies\" : -6"),
        "damaged"
      ),
      (
        "huge",
        head.replacingOccurrences(of: "\"size\" : 32", with: "\"size\" : 4611686018427387904"),
        "damaged"
      ),
      (
        "other", head.replacingOccurrences(of: "\"studies\" : 6", with: "\"studies\" : 5"),
        "damaged"
      ),
    ] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/store.json"))
      refused(what, part, open)
    }
    try FileManager.default.removeItem(atPath: path + "/store.json")
    try FileManager.default.createDirectory(
      atPath: path + "/store.unfinished", withIntermediateDirectories: false)
    XCTAssertTrue(StudyStore.isStore(path))
    refused("unfinished", "again", open)
  }

  private func spoil(_ path: String, _ change: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    change(&data)
    // In place: what is mapped already must see it.
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.write(contentsOf: data)
    try file.truncate(atOffset: UInt64(data.count))
    try file.close()
  }

  private func preparer(
    _ source: some StudySource, _ image: ImageOptions
  ) throws -> StudyPreparer {
    let reports = try (0..<source.count).map { try source.report(of: $0) }
    let vocabulary = try WordPieceTrainer(size: 200).train(on: reports)
    return try StudyPreparer(
      source: source, tokenizer: WordPieceTokenizer(vocabulary: vocabulary), image: image, seed: 3)
  }
}
