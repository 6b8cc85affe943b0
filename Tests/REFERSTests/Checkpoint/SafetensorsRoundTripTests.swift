import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class SafetensorsRoundTripTests: XCTestCase {
  private let floats: [Float] = (0..<6).map { Float($0) / 4 - 0.5 }
  private let scale: [Float] = [0.1]
  private let positions: [Int64] = [0, 1, -(1 << 62)]
  private let scaleName = "loss.\"scale\"\t\u{e9}"

  /// Lends the tensors of the fixture, in an order that is not the file's.
  private func withTensors(_ body: ([NamedTensor]) throws -> Void) throws {
    let flags: [UInt8] = [1, 0, 1]
    let bytes: [UInt8] = [1, 2, 255]
    try floats.withUnsafeBufferPointer { floats in
      try scale.withUnsafeBufferPointer { scale in
        try positions.withUnsafeBufferPointer { positions in
          try flags.withUnsafeBytes { flags in
            try bytes.withUnsafeBufferPointer { bytes in
              try body([
                NamedTensor(name: "bytes", shape: [3], values: bytes),
                NamedTensor(
                  name: "transformer.embeddings.cls_token", shape: [1, 1, 6], values: floats),
                NamedTensor(name: "flags", shape: [3], element: .bool, bytes: flags),
                NamedTensor(name: "position_ids", shape: [1, 3], values: positions),
                NamedTensor(name: scaleName, shape: [], values: scale),
                NamedTensor(
                  name: "empty", shape: [2, 0, 3],
                  values: UnsafeBufferPointer<Float>(start: nil, count: 0)),
              ])
            }
          }
        }
      }
    }
  }

  func testEqualsThePythonPackageByteForByteInAnyOrder() throws {
    let folder = try TemporaryFolder()
    try withTensors { tensors in
      for shift in tensors.indices {
        let order = Array(tensors[shift...] + tensors[..<shift])
        let path = folder.file("model-\(shift)")
        let digest = try SafetensorsWriter.write(order, metadata: ["format": "np"], to: path)
        XCTAssertEqual(try folder.data("model-\(shift)"), SafetensorsFixture.bytes)
        XCTAssertEqual(digest, try sha256(ofFile: path))
      }
    }
  }

  func testReadsWhatThePythonPackageWrote() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(SafetensorsFixture.bytes, to: "python.safetensors")
    let file = try SafetensorsFile(path: path)
    XCTAssertEqual(file.metadata, ["format": "np"])
    XCTAssertEqual(
      file.entries.map(\.name),
      [
        "position_ids", "empty", scaleName, "transformer.embeddings.cls_token", "bytes", "flags",
      ])
    XCTAssertEqual(try file.values(of: "transformer.embeddings.cls_token"), floats)
    XCTAssertEqual(try file.values(of: scaleName), scale)
    XCTAssertEqual(try file.values(of: "position_ids"), positions)
    XCTAssertEqual(try file.values(of: "empty", as: Float.self), [])
    XCTAssertEqual(try file.values(of: "bytes", as: UInt8.self), [1, 2, 255])
    XCTAssertEqual(file.entry(named: "flags")?.element, .bool)
    XCTAssertNil(file.entry(named: "absent"))
  }

  func testReadsIntoTheCallersMemoryAndKeepsEveryBit() throws {
    let folder = try TemporaryFolder()
    let patterns: [UInt32] = [0x7fc0_dead, 0x8000_0000, 0x0000_0001, 0xff80_0000]
    let values = patterns.map(Float.init(bitPattern:))
    try values.withUnsafeBufferPointer {
      _ = try SafetensorsWriter.write(
        [NamedTensor(name: "x", shape: [2, 2], values: $0)], to: folder.file("x"))
    }
    let file = try SafetensorsFile(path: folder.file("x"))
    var read = [Float](repeating: 0, count: 4)
    try read.withUnsafeMutableBufferPointer { try file.read("x", shape: [2, 2], into: $0) }
    XCTAssertEqual(read.map(\.bitPattern), patterns)
  }

  func testRowSlicesOfOneParameterAreSavedUnderNamesOfTheirOwn() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<12).map(Float.init)
    try rows.withUnsafeBufferPointer { rows in
      let slices = (0..<3).map { index in
        NamedTensor(
          name: ["query", "key", "value"][index], shape: [2, 2],
          values: UnsafeBufferPointer(rebasing: rows[index * 4..<index * 4 + 4]))
      }
      try SafetensorsWriter.write(slices, to: folder.file("x"))
    }
    let file = try SafetensorsFile(path: folder.file("x"))
    XCTAssertEqual(try file.values(of: "key", as: Float.self), [4, 5, 6, 7])
    XCTAssertEqual(file.entries.map(\.name), ["key", "query", "value"])
  }

  func testEveryCountOfTensorsRoundTripsAndBeginsAtAMultipleOfEight() throws {
    let folder = try TemporaryFolder()
    let values = (0..<40).map(Float.init)
    for count in 0..<40 {
      let path = folder.file("\(count)")
      try values.withUnsafeBufferPointer { values in
        let tensors = (0..<count).map {
          NamedTensor(
            name: "layer.\($0)", shape: [$0], values: UnsafeBufferPointer(rebasing: values[..<$0]))
        }
        try SafetensorsWriter.write(tensors.reversed(), metadata: [:], to: path)
      }
      let header = try folder.data("\(count)").prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      XCTAssertEqual(header % 8, 0)
      let file = try SafetensorsFile(path: path)
      XCTAssertEqual(file.entries.count, count)
      for index in 0..<count {
        XCTAssertEqual(try file.values(of: "layer.\(index)"), Array(values[..<index]))
      }
    }
  }

  func testMetadataOfAnyTextRoundTrips() throws {
    let folder = try TemporaryFolder()
    let metadata = ["b": "\u{1}\u{8}\u{c}\r\n\t\"\\/", "a": "日本 😀", "": "", "c\u{1f}": "x"]
    try SafetensorsWriter.write([], metadata: metadata, to: folder.file("x"))
    XCTAssertEqual(try SafetensorsFile(path: folder.file("x")).metadata, metadata)
  }

  func testRefusesToWriteWhatTheFormatForbidsNamingTheTensor() throws {
    let folder = try TemporaryFolder()
    try floats.withUnsafeBufferPointer { floats in
      let good = NamedTensor(name: "good", shape: [2, 3], values: floats)
      let attempts: [(tensors: [NamedTensor], text: String)] = [
        ([good, good], "'good'"),
        ([NamedTensor(name: "__metadata__", shape: [6], values: floats)], "'__metadata__'"),
        ([NamedTensor(name: "short", shape: [7], values: floats)], "'short'"),
        ([NamedTensor(name: "minus", shape: [-2, -3], values: floats)], "'minus'"),
        ([NamedTensor(name: "huge", shape: [1 << 40, 1 << 40], values: floats)], "'huge'"),
      ]
      for (tensors, text) in attempts {
        XCTAssertThrowsError(try SafetensorsWriter.write(tensors, to: folder.file("x"))) { error in
          XCTAssertEqual((error as? Failure)?.code, .checkpoint)
          XCTAssertTrue("\(error)".contains(text), "\(error)")
        }
        XCTAssertFalse(FileManager.default.fileExists(atPath: folder.file("x")))
      }
    }
  }

  func testNamesThatLookAlikeButDifferInBytesAreTwoNames() throws {
    let folder = try TemporaryFolder()
    let one: [Float] = [1]
    let two: [Float] = [2]
    try one.withUnsafeBufferPointer { one in
      try two.withUnsafeBufferPointer { two in
        _ = try SafetensorsWriter.write(
          [
            NamedTensor(name: "\u{e9}", shape: [1], values: one),
            NamedTensor(name: "e\u{301}", shape: [1], values: two),
          ], to: folder.file("x"))
      }
    }
    let file = try SafetensorsFile(path: folder.file("x"))
    XCTAssertEqual(try file.values(of: "\u{e9}", as: Float.self), [1])
    XCTAssertEqual(try file.values(of: "e\u{301}", as: Float.self), [2])
  }
}
