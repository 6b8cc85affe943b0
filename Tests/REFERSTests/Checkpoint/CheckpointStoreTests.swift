import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class CheckpointStoreTests: XCTestCase {
  private struct State: Codable, Equatable {
    var step: Int
    var loss: Double
  }

  @discardableResult
  private func save(
    _ store: CheckpointStore, step: Int, best: Bool, loss: Double = 0.5, values: [Float] = [1, 2]
  ) throws -> String {
    try values.withUnsafeBufferPointer { values in
      try store.save(
        step: step,
        parts: [
          .tensors(
            [NamedTensor(name: "x", shape: [values.count], values: values)],
            named: Checkpoint.modelName),
          .json(State(step: step, loss: loss), named: Checkpoint.stateName),
        ], markBest: best)
    }
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  private func target(_ path: String) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: path)
  }

  func testSavesModelStateAndDigestsAndLinksThemRelatively() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(directory: folder.file("run/checkpoints"))
    XCTAssertNil(store.last)
    let first = try save(store, step: 100, best: true)
    let second = try save(store, step: 200, best: false, values: [3, 4])
    XCTAssertEqual(first, store.directory + "/step-100")
    XCTAssertEqual(try names(store.directory), ["best", "last", "step-100", "step-200"])
    XCTAssertEqual(try target(store.directory + "/last"), "step-200")
    XCTAssertEqual(try target(store.directory + "/best"), "step-100")
    XCTAssertEqual(try names(second), ["SHA256SUMS", "model.safetensors", "state.json"])
    XCTAssertEqual(try store.last?.state(), State(step: 200, loss: 0.5))
    XCTAssertEqual(try store.last?.model().values(of: "x"), [Float(3), 4])
    XCTAssertEqual(try store.best?.model().values(of: "x"), [Float(1), 2])
    XCTAssertEqual(try store.last?.model().metadata, ["format": "pt"])
    XCTAssertNoThrow(try store.last?.verify())
  }

  func testFoldersAndFilesAreTheOwnersAlone() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(directory: folder.file("run/checkpoints"))
    let path = try save(store, step: 1, best: true)
    for directory in [folder.file("run"), store.directory, path] {
      XCTAssertEqual(try permissions(directory), 0o700, directory)
    }
    for name in try names(path) {
      XCTAssertEqual(try permissions(path + "/" + name), 0o600, name)
    }
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  func testEqualSavesAreEqualBytes() throws {
    let folder = try TemporaryFolder()
    let paths = try ["a", "b"].map {
      try save(CheckpointStore(directory: folder.file($0)), step: 7, best: false)
    }
    for name in try names(paths[0]) {
      XCTAssertEqual(
        try sha256(ofFile: paths[0] + "/" + name), try sha256(ofFile: paths[1] + "/" + name))
    }
  }

  func testTheDigestsAreThoseOfTheSystemsOwnTool() throws {
    let folder = try TemporaryFolder()
    let path = try save(CheckpointStore(directory: folder.path), step: 3, best: false)
    let tool = "/usr/bin/sha256sum"
    try XCTSkipUnless(FileManager.default.fileExists(atPath: tool), "sha256sum is not there.")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = ["--check", "--strict", "--quiet", "SHA256SUMS"]
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    try process.run()
    process.waitUntilExit()
    XCTAssertEqual(process.terminationStatus, 0)
  }

  func testADamagedFileIsFoundAndNamed() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(directory: folder.path)
    let path = try save(store, step: 3, best: false)
    let model = URL(fileURLWithPath: path + "/model.safetensors")
    var data = try Data(contentsOf: model)
    data[data.count - 1] ^= 1
    try data.write(to: model)
    XCTAssertThrowsError(try store.last?.verify()) { error in
      XCTAssertEqual((error as? Failure)?.code, .checkpoint)
      XCTAssertTrue("\(error)".contains("model.safetensors"))
    }
    try FileManager.default.removeItem(at: model)
    XCTAssertThrowsError(try store.last?.verify())
  }

  func testADamagedListOfDigestsIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = try save(CheckpointStore(directory: folder.path), step: 3, best: false)
    let digest = String(repeating: "0", count: 64)
    for text in ["x\n", "\(digest) a\n", "\(digest)  ../state.json\n", "\(digest)  \n"] {
      _ = try folder.write(Data(text.utf8), to: "step-3/SHA256SUMS")
      XCTAssertThrowsError(try Checkpoint(path: path).verify(), text) { error in
        XCTAssertTrue("\(error)".contains("line 1"), "\(error)")
      }
    }
  }

  func testTheSameStepIsReplaced() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(directory: folder.path)
    try save(store, step: 5, best: true, values: [1])
    try save(store, step: 5, best: true, values: [2])
    XCTAssertEqual(try store.best?.model().values(of: "x"), [Float(2)])
    XCTAssertEqual(try names(folder.path), ["best", "last", "step-5"])
  }

  func testAFailedSaveLeavesTheEarlierCheckpointAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(directory: folder.path)
    try save(store, step: 5, best: true)
    XCTAssertThrowsError(try save(store, step: 6, best: true, loss: .nan)) { error in
      XCTAssertEqual((error as? Failure)?.code, .checkpoint)
    }
    XCTAssertEqual(try names(folder.path), ["best", "last", "step-5"])
    XCTAssertEqual(try target(folder.file("best")), "step-5")
    XCTAssertNoThrow(try store.last?.verify())
  }

  func testAFileThatTheSystemCutsOffIsAnErrorThatNamesTheTensor() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(directory: folder.path)
    try save(store, step: 5, best: true)
    var limit = rlimit()
    XCTAssertEqual(getrlimit(__rlimit_resource_t(1), &limit), 0)  // RLIMIT_FSIZE
    let unlimited = limit
    let handler = signal(SIGXFSZ, SIG_IGN)
    limit.rlim_cur = 1 << 20
    XCTAssertEqual(setrlimit(__rlimit_resource_t(1), &limit), 0)
    defer {
      limit = unlimited
      setrlimit(__rlimit_resource_t(1), &limit)
      signal(SIGXFSZ, handler)
    }
    let large = [Float](repeating: 1, count: 1 << 19)
    XCTAssertThrowsError(try save(store, step: 6, best: true, values: large)) { error in
      XCTAssertEqual((error as? Failure)?.code, .file)
      XCTAssertTrue("\(error)".contains("tensor 'x'"), "\(error)")
    }
    XCTAssertEqual(try names(folder.path), ["best", "last", "step-5"])
  }

  func testWhatAKilledRunLeftIsPutInOrder() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(directory: folder.path)
    try save(store, step: 5, best: true, values: [1])
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: folder.file(".step-9.partial"), withIntermediateDirectories: false)
    _ = try folder.write(Data("half".utf8), to: ".step-9.partial/model.safetensors")
    try manager.moveItem(atPath: folder.file("step-5"), toPath: folder.file(".step-5.replaced"))
    try manager.createSymbolicLink(
      atPath: folder.file(".last.partial"), withDestinationPath: "step-9")
    try save(store, step: 10, best: false)
    XCTAssertEqual(try names(folder.path), ["best", "last", "step-10", "step-5"])
    XCTAssertNoThrow(try store.best?.verify())
  }

  func testPruneKeepsWhatTheLinksNameAndWhatIsNotACheckpoint() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(directory: folder.path)
    for step in 1...4 { try save(store, step: step, best: step == 2) }
    try FileManager.default.createDirectory(
      atPath: folder.file("step-by-step"), withIntermediateDirectories: false)
    try store.prune(after: 4, keepLast: 1, keepEvery: 0)
    XCTAssertEqual(try names(folder.path), ["best", "last", "step-2", "step-4", "step-by-step"])
  }

  func testAFolderThatCannotBeMadeIsAnError() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(Data(), to: "file")
    let store = CheckpointStore(directory: folder.file("file/checkpoints"))
    XCTAssertThrowsError(try save(store, step: 1, best: false)) { error in
      XCTAssertEqual((error as? Failure)?.code, .file)
    }
  }

  func testDigestsOfKnownTexts() throws {
    let folder = try TemporaryFolder()
    let abc = try folder.write(Data("abc".utf8), to: "abc")
    XCTAssertEqual(
      try sha256(ofFile: abc), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let empty = try folder.write(Data(), to: "empty")
    XCTAssertEqual(
      try sha256(ofFile: empty), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    let million = try folder.write(
      Data(repeating: UInt8(ascii: "a"), count: 1_000_000), to: "million")
    XCTAssertEqual(
      try sha256(ofFile: million),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}
