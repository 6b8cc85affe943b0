import Diagnostics
import Foundation
import REFERS
import XCTest

final class ImageFileTests: XCTestCase {
  func testEveryKindOfFileDecodesAsInPillow() throws {
    let fixture = try ImageFixture.read()
    XCTAssertGreaterThan(fixture.files.count, 25)
    for (key, wanted) in fixture.files.sorted(by: { $0.key < $1.key }) {
      let parts = key.split(separator: "@").map(String.init)
      let image = try ImageFile.decode(
        DataFixtures.image(parts[0]), minimumSide: parts.count > 1 ? Int(parts[1]) : nil)
      XCTAssertEqual([image.width, image.height], [wanted.width, wanted.height], key)
      let difference = zip(image.pixels, wanted.gray).map { abs(Int($0) - $1) }.max() ?? 255
      XCTAssertEqual(image.pixels.count, wanted.gray.count, key)
      XCTAssertLessThanOrEqual(difference, wanted.tolerance, key)
    }
  }

  func testScaledDecodingKeepsTheShortSide() throws {
    let file = DataFixtures.image("gray.jpg")
    for (minimum, side) in [
      (40, 34), (34, 34), (18, 34), (17, 17), (10, 17), (9, 9), (5, 5), (1, 5),
    ] {
      let image = try ImageFile.decode(file, minimumSide: minimum)
      XCTAssertEqual(min(image.width, image.height), side, "at least \(minimum)")
    }
  }

  func testFaultyFiles() throws {
    for (name, wanted) in [
      ("broken-short.png", "PNG"), ("broken-bit.png", "PNG"), ("broken-huge.png", "30000 x 30000"),
      ("broken-text.jpg", "neither"), ("broken-short.jpg", "JPEG"),
    ] {
      let failure = caught { _ = try ImageFile.decode(DataFixtures.image(name)) }
      XCTAssertEqual(failure?.code, .image, name)
      XCTAssertTrue(failure?.message.contains(wanted) ?? false, "\(name): \(failure as Any)")
      XCTAssertFalse(failure?.detailedDescription.contains(name) ?? true, "no path in errors")
    }
    for name in ["none.png", ""] {
      let failure = caught { _ = try ImageFile.decode(DataFixtures.image(name)) }
      XCTAssertEqual(failure?.code, .file)
    }
    XCTAssertEqual(caught { _ = try ImageFile.decode(bytes: []) }?.code, .image)
    let limited = caught {
      _ = try ImageFile.decode(DataFixtures.image("gray.jpg"), pixelLimit: 44 * 34 - 1)
    }
    XCTAssertEqual(limited?.code, .image)
    XCTAssertNoThrow(try ImageFile.decode(DataFixtures.image("gray.jpg"), pixelLimit: 44 * 34))
  }

  func testEveryPrefixOfAFileIsRefused() throws {
    for name in ["gray8i.png", "progressive.jpg", "colour.jpg", "palette4.png"] {
      let whole = [UInt8](
        try Data(contentsOf: URL(fileURLWithPath: DataFixtures.image(name))))
      // A picture may be whole before the last bytes: IEND, or JPEG's end marker.
      for length in stride(from: 0, to: whole.count - 14, by: 3) {
        XCTAssertThrowsError(
          try ImageFile.decode(bytes: Array(whole[..<length])), "\(name) cut at \(length)")
      }
    }
  }

  func testRealOriginals() throws {
    let folder = try DataFixtures.shared("originals")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") }
    XCTAssertGreaterThan(names.count, 20)
    for name in names {
      let image = try ImageFile.decode(folder + "/" + name, minimumSide: 256)
      XCTAssertGreaterThanOrEqual(min(image.width, image.height), 256, name)
      XCTAssertGreaterThan(Set(image.pixels).count, 50, name)
    }
  }
}

/// What Pillow makes of the committed files; scripts/fixtures/make_image_fixture.py.
struct ImageFixture: Decodable {
  struct File: Decodable {
    let width: Int
    let height: Int
    let gray: [Int]
    let tolerance: Int
  }

  struct Picture: Decodable {
    let width: Int
    let height: Int
    let pixels: [Float]
  }

  let files: [String: File]
  let source: Picture
  let resized: [Picture]

  static func read() throws -> ImageFixture {
    try DataFixtures.decode(ImageFixture.self, from: "images/images.json")
  }
}
