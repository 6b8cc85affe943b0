import CZlib
import Crypto

/// One study in `studies.bin`: 32 bytes, little-endian.
struct StoredStudy: Equatable {
  static let byteCount = 32

  /// Where its report begins in `reports.txt`, and how many bytes it has.
  var text: UInt64
  var textBytes: UInt32
  /// The CRC-32 of the report.
  var textCheck: UInt32
  /// The first of its images in `images.bin`, counted over all studies.
  var firstImage: UInt64
  /// The images its source lists, those left out included.
  var images: UInt32
  var split: UInt8
  /// The images that are in the store; 0 leaves the study out of every split.
  var usable: UInt16

  func append(to bytes: inout [UInt8]) {
    bytes.append(number: text)
    bytes.append(number: textBytes)
    bytes.append(number: textCheck)
    bytes.append(number: firstImage)
    bytes.append(number: images)
    bytes += [split, 0]
    bytes.append(number: usable)
  }

  init(
    text: UInt64, textBytes: UInt32, textCheck: UInt32, firstImage: UInt64, images: UInt32,
    split: UInt8, usable: UInt16
  ) {
    self.text = text
    self.textBytes = textBytes
    self.textCheck = textCheck
    self.firstImage = firstImage
    self.images = images
    self.split = split
    self.usable = usable
  }

  /// The record of a study whose index the caller knows to be one.
  init(_ file: MappedFile, study: Int) {
    let start = study * Self.byteCount
    text = file.number(UInt64.self, at: start)
    textBytes = file.number(UInt32.self, at: start + 8)
    textCheck = file.number(UInt32.self, at: start + 12)
    firstImage = file.number(UInt64.self, at: start + 16)
    images = file.number(UInt32.self, at: start + 24)
    split = file.number(UInt8.self, at: start + 28)
    usable = file.number(UInt16.self, at: start + 30)
  }
}

/// One image in `images.index`: 24 bytes, little-endian.
struct StoredImage: Equatable {
  static let byteCount = 24

  /// The first 16 bytes of the SHA-256 of its pixels; equal for equal images.
  var hash: (UInt64, UInt64)
  /// The CRC-32 of its pixels.
  var check: UInt32
  /// Whether its pixels are in the store, or its file could not be decoded.
  var isUsable: Bool

  static let unusable = StoredImage(hash: (0, 0), check: 0, isUsable: false)

  init(hash: (UInt64, UInt64), check: UInt32, isUsable: Bool) {
    self.hash = hash
    self.check = check
    self.isUsable = isUsable
  }

  init(pixels: [UInt8]) {
    let digest = Array(SHA256.hash(data: pixels))
    hash = digest.withUnsafeBytes {
      (
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
    check = checksum(pixels)
    isUsable = true
  }

  static func == (a: StoredImage, b: StoredImage) -> Bool {
    a.hash == b.hash && a.check == b.check && a.isUsable == b.isUsable
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(number: hash.0)
    bytes.append(number: hash.1)
    bytes.append(number: check)
    bytes.append(number: UInt32(isUsable ? 1 : 0))
  }

  /// The record at a byte that the caller knows to begin one.
  init(_ bytes: UnsafeRawBufferPointer, at start: Int) {
    func number<Number: FixedWidthInteger>(_ type: Number.Type, _ offset: Int) -> Number {
      Number(littleEndian: bytes.loadUnaligned(fromByteOffset: start + offset, as: type))
    }
    hash = (number(UInt64.self, 0), number(UInt64.self, 8))
    check = number(UInt32.self, 16)
    isUsable = number(UInt32.self, 20) == 1
  }
}

/// The CRC-32 of some bytes, as zlib and gzip have it.
func checksum(_ bytes: [UInt8]) -> UInt32 {
  bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
}

extension [UInt8] {
  /// Appends a number, little-endian.
  mutating func append(number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
