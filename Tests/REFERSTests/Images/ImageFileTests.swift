import Diagnostics
import Foundation
import REFERS
import TestSupport
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

  func testStrayBytesBeforeTheEndMarkerLoseNothing() throws {
    for name in ["gray.jpg", "progressive.jpg", "colour.jpg", "cmyk.jpg"] {
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: DataFixtures.image(name))))
      XCTAssertEqual(whole.suffix(2), [0xFF, 0xD9], name)
      func padded(_ count: Int) -> [UInt8] {
        whole.dropLast(2) + Array(repeating: 0, count: count) + whole.suffix(2)
      }
      for count in [1, 3, 16] {
        for side in [nil, 9] {
          XCTAssertEqual(
            try ImageFile.decode(bytes: padded(count), minimumSide: side),
            try ImageFile.decode(bytes: whole, minimumSide: side), "\(name), \(count) bytes")
        }
      }
      // So many are left over from damaged data.
      for bytes in [padded(40), padded(5_000), Array(padded(3).dropLast(2))] {
        XCTAssertEqual(caught { _ = try ImageFile.decode(bytes: bytes) }?.code, .image, name)
      }
    }
  }

  func testDamagedJPEGsAreRefused() throws {
    for name in ["gray.jpg", "colour.jpg"] {
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: DataFixtures.image(name))))
      let marker = [0xFF, 0xDA] as [UInt8]
      let scan = try XCTUnwrap(
        whole.indices.first { whole[$0...].starts(with: marker) }
      ).advanced(by: 16)
      for share in [2, 4] {
        var zeroed = whole
        let start = scan + (whole.count - scan) / share
        zeroed.replaceSubrange(
          start..<whole.count - 2, with: repeatElement(0, count: whole.count - 2 - start))
        XCTAssertEqual(
          caught { _ = try ImageFile.decode(bytes: zeroed) }?.code, .image, "\(name), \(share)")
      }
      // Entropy-coded data that ends early, followed by the end marker.
      let short = whole[..<(scan + (whole.count - scan) / 2)] + [0xFF, 0xD9]
      XCTAssertEqual(caught { _ = try ImageFile.decode(bytes: Array(short)) }?.code, .image, name)
    }
  }

  func testOnlyWhatIsNotThereIsMissing() throws {
    let folder = try DataFolder()
    let file = try folder.write("four", to: "image.png")
    XCTAssertEqual(try ImageFile.size(file), 4)
    XCTAssertNil(try ImageFile.size(folder.path + "/none.png"))
    XCTAssertNil(try ImageFile.size(file + "/none.png"), "a file is no folder")
    let loop = folder.path + "/loop.png"
    try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
    for path in [loop, folder.path + "/" + String(repeating: "n", count: 300)] {
      let failure = caught { _ = try ImageFile.size(path) }
      XCTAssertEqual(failure?.code, .file)
      XCTAssertFalse(failure?.detailedDescription.contains(folder.path) ?? true)
    }
  }

  func testRealOriginals() throws {
    let folder = try realData("originals")
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
