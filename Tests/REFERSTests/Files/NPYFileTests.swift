import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class NPYFileTests: XCTestCase {
  /// The bytes that numpy.save writes of the same array.
  func testBytesAreThoseOfNumPy() throws {
    let folder = try TemporaryFolder()
    let values: [Float] = [1, -2.5, .leastNonzeroMagnitude, .infinity, 0, 6]
    try NPYFile.write(values, columns: 3, to: folder.file("a.npy"))
    var wanted = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 0x76, 0])
    let header: String = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    let blanks = String(repeating: " ", count: 117 - header.utf8.count)
    wanted += Data("\(header)\(blanks)\n".utf8)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { wanted += Data($0) }
    }
    XCTAssertEqual(try folder.data("a.npy"), wanted)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("a.npy"))
    XCTAssertEqual((attributes[.posixPermissions] as? NSNumber)?.intValue, 0o600)
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder.path), ["a.npy"])
  }

  /// Whatever the shape, the values begin at a multiple of 64 bytes.
  func testAlignment() throws {
    let folder = try TemporaryFolder()
    for rows in [0, 1, 9, 10, 12345] {
      try NPYFile.write(
        [Float](repeating: 1, count: rows * 7), columns: 7, to: folder.file("b.npy"))
      let data = try folder.data("b.npy")
      XCTAssertEqual((data.count - rows * 28) % 64, 0)
      XCTAssertTrue(String(decoding: data[10..<128], as: UTF8.self).contains("(\(rows), 7)"))
    }
  }

  func testWhatIsNoMatrix() throws {
    let folder = try TemporaryFolder()
    for (count, columns) in [(3, 2), (1, 0), (0, 0)] {
      let values = [Float](repeating: 0, count: count)
      let failure = caught {
        try NPYFile.write(values, columns: columns, to: folder.file("c.npy"))
      }
      XCTAssertEqual(failure?.code, .shape)
    }
    XCTAssertEqual(
      caught { try NPYFile.write([1], columns: 1, to: "/nowhere/d.npy") }?.code, .file)
  }
}
