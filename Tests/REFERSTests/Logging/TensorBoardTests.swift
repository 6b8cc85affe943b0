import Foundation
import REFERS
import TestSupport
import XCTest

final class TensorBoardTests: XCTestCase {
  func testTheFileHasTheNameAndTheFramingOfTensorFlow() throws {
    let folder = try TemporaryFolder()
    let writer = try TensorBoardWriter(directory: folder.path)
    try writer.write(step: 7, [("loss", 1.5)])
    let name = URL(fileURLWithPath: writer.path).lastPathComponent
    XCTAssertNotNil(name.wholeMatch(of: #/events\.out\.tfevents\.\d{10}\..+\.\d+/#), name)
    XCTAssertEqual(try permissions(of: writer.path), 0o600)

    let records = try records(in: [UInt8](Data(contentsOf: URL(fileURLWithPath: writer.path))))
    XCTAssertEqual(records.count, 2)
    // wall_time: field 1, 8 bytes; file_version: field 3, 13 bytes.
    XCTAssertEqual(records[0].first, 0x09)
    XCTAssertEqual(Array(records[0].dropFirst(9)), [0x1A, 13] + Array("brain.Event:2".utf8))
    // step: field 2, the number 7; summary: field 5, one value: its tag, and 1.5 in field 2.
    let value: [UInt8] = [0x0A, 4] + Array("loss".utf8) + [0x15, 0, 0, 0xC0, 0x3F]
    XCTAssertEqual(
      Array(records[1].dropFirst(9)),
      [0x10, 7, 0x2A, UInt8(value.count + 2), 0x0A, UInt8(value.count)] + value)
  }

  func testTheChecksumIsCRC32C() throws {
    // The known answers of RFC 3720, appendix B.4.
    XCTAssertEqual(crc32C([UInt8](repeating: 0, count: 32)), 0x8A91_36AA)
    XCTAssertEqual(crc32C([UInt8](repeating: 0xFF, count: 32)), 0x62A8_AB43)
    XCTAssertEqual(crc32C(Array(0..<32)), 0x46DD_794E)
  }

  /// Takes the records apart, checking both checksums of each.
  private func records(in bytes: [UInt8]) throws -> [[UInt8]] {
    var records: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let length = Array(rest.prefix(8))
      let count = length.reversed().reduce(0) { $0 << 8 | Int($1) }
      XCTAssertEqual(masked(crc32C(length)), word(rest.dropFirst(8)))
      let data = Array(rest.dropFirst(12).prefix(count))
      XCTAssertEqual(data.count, count)
      XCTAssertEqual(masked(crc32C(data)), word(rest.dropFirst(12 + count)))
      records.append(data)
      rest = rest.dropFirst(16 + count)
    }
    return records
  }

  private func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private func masked(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ 0xA282_EAD8 }

  /// CRC-32C bit by bit, the slow way.
  private func crc32C(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = ~0
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }
}
