import Foundation
import REFERS
import XCTest

final class DiskPatienceTests: XCTestCase {
  func testAPassingFaultIsTriedAgain() throws {
    var tries = 0
    let result = try DiskPatience.trying(waits: [0, 0, 0]) { () throws(DiskFault) -> Int in
      tries += 1
      if tries < 4 { throw DiskFault(doing: "read", number: EIO) }
      return tries
    }
    XCTAssertEqual(result, 4)
  }

  func testItEndsAtLast() {
    var tries = 0
    XCTAssertThrowsError(
      try DiskPatience.trying(waits: [0, 0]) { () throws(DiskFault) -> Int in
        tries += 1
        throw DiskFault(doing: "read", number: ESTALE)
      })
    XCTAssertEqual(tries, 3)
  }

  func testAMissingFileIsNotTriedAgain() {
    var tries = 0
    XCTAssertThrowsError(
      try DiskPatience.trying { () throws(DiskFault) -> Int in
        tries += 1
        throw DiskFault(doing: "opened", number: ENOENT)
      })
    XCTAssertEqual(tries, 1)
  }
}
