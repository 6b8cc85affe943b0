import REFERS
import XCTest

final class ResizeTests: XCTestCase {
  func testEqualsPillow() throws {
    let fixture = try ImageFixture.read()
    let source = GrayImage(
      width: fixture.source.width, height: fixture.source.height, pixels: fixture.source.pixels)
    let bytes = GrayBytes(
      width: source.width, height: source.height, pixels: source.pixels.map { UInt8($0) })
    for wanted in fixture.resized {
      let size = "\(wanted.width) x \(wanted.height)"
      let image = source.resized(width: wanted.width, height: wanted.height)
      XCTAssertEqual([image.width, image.height], [wanted.width, wanted.height], size)
      let rounded = bytes.resized(width: wanted.width, height: wanted.height)
      for index in wanted.pixels.indices {
        XCTAssertEqual(image.pixels[index], wanted.pixels[index], accuracy: 1e-3, size)
        XCTAssertEqual(Float(rounded.pixels[index]), wanted.pixels[index], accuracy: 0.501, size)
      }
    }
  }

  func testWithoutAntialiasOnlyTheNearestCount() {
    let image = GrayImage(width: 8, height: 1, pixels: [0, 0, 1, 0, 0, 0, 0, 1])
    // Centres fall on 1.5 and 5.5: between pixels 1, 2 and 5, 6.
    XCTAssertEqual(
      image.resized(width: 2, height: 1, antialias: false).pixels, [0.5, 0])
    XCTAssertEqual(image.resized(width: 8, height: 1, antialias: false).pixels, image.pixels)
    let wide = image.resized(width: 16, height: 2, antialias: false)
    XCTAssertEqual(Array(wide.pixels[3...6]), [0.25, 0.75, 0.75, 0.25])
    XCTAssertEqual(Array(wide.pixels[..<16]), Array(wide.pixels[16...]))
  }

  func testConstantStaysConstant() {
    for (width, height) in [(1, 1), (7, 3), (100, 90), (13, 200)] {
      let image = GrayBytes(width: 53, height: 41, pixels: Array(repeating: 200, count: 53 * 41))
      XCTAssertEqual(Set(image.resized(width: width, height: height).pixels), [200])
    }
  }
}
