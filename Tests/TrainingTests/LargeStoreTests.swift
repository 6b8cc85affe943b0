import Foundation
import REFERS
import TestSupport
import XCTest

/// A store as large as the whole of MIMIC-CXR, written sparse after the description of its format.
final class LargeStoreTests: XCTestCase {
  func testTrainingStartsAtOnceInTheSameMemory() throws {
    let folder = try TemporaryFolder()
    try writeStore(folder.file("small"), studies: 1_000)
    try writeStore(folder.file("large"), studies: 400_000)
    let small = try train(folder, "small")
    let large = try train(folder, "large")
    print("1,000 studies \(small), 400,000 studies \(large)")
    // The process as a whole: opening, one step, validation, checkpoint.
    XCTAssertLessThan(large.seconds, 3)
    // The order of an epoch takes about 65 bytes a study, which is 25 MiB; the rest is room.
    XCTAssertLessThan(large.peakKiB - small.peakKiB, 40 << 10)
  }

  private func train(
    _ folder: TemporaryFolder, _ store: String
  ) throws -> (seconds: Double, peakKiB: Int) {
    let began = ContinuousClock.now
    let running = try RunningProgram(
      try builtProgram("refers-mpi"),
      ["pretrain"] + smallModelOptions
        + [
          "--data", folder.file(store), "--steps", "1", "--batch", "8", "--output",
          folder.file("run-" + store),
        ])
    var peak = 0
    while running.isRunning {
      let status = try? String(
        contentsOfFile: "/proc/\(running.identifier)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      peak = max(peak, line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
      usleep(2_000)
    }
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    let result = try running.wait()
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertGreaterThan(peak, 0)
    return (seconds, peak)
  }

  private func writeStore(_ path: String, studies: Int) throws {
    let size = 256
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let text = Array("The lungs are clear.".utf8)
    var records: [UInt8] = []
    var index: [UInt8] = []
    func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    let (textCheck, imageCheck) = (crc(text), crc(Array(repeating: 0, count: size * size)))
    for study in 0..<studies {
      append(UInt64(0), to: &records)
      append(UInt32(text.count), to: &records)
      append(textCheck, to: &records)
      append(UInt64(study), to: &records)
      append(UInt32(1), to: &records)
      records += [study % (studies / 8) == 0 ? 1 : 0, 0]
      append(UInt16(1), to: &records)
      index += Array(repeating: 7, count: 16)
      append(imageCheck, to: &index)
      append(UInt32(1), to: &index)
    }
    let letters = "thelungsarc.".map(String.init).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let vocabulary =
      (["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + letters.map { "##" + $0 })
      .map { $0 + "\n" }.joined()
    let images = path + "/images.bin"
    XCTAssertTrue(FileManager.default.createFile(atPath: images, contents: nil))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: images))
    try file.truncate(atOffset: UInt64(studies * size * size))
    try file.close()
    var files = ["\"images.bin\": {\"bytes\": \(studies * size * size), \"sha256\": \"\"}"]
    for (name, bytes) in [
      ("studies.bin", records), ("images.index", index), ("reports.txt", text),
      ("vocab.txt", Array(vocabulary.utf8)), ("vocab-cased.txt", Array(vocabulary.utf8)),
    ] {
      try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
      let digest = try sha256(ofFile: path + "/" + name)
      files.append("\"\(name)\": {\"bytes\": \(bytes.count), \"sha256\": \"\(digest)\"}")
    }
    let head = """
      {"format": "refers-mpi store", "version": 1, "size": \(size), "studies": \(studies),
      "images": \(studies), "bad_images": 0, "dropped": 0, "input": "",
      "files": {\(files.joined(separator: ", "))}}
      """
    try Data(head.utf8).write(to: URL(fileURLWithPath: path + "/store.json"))
  }

  /// The CRC-32 of gzip, bit by bit.
  private func crc(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = ~0
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~value
  }
}
