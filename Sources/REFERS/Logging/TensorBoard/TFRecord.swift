/// The framing of TensorFlow's record files.
///
/// A record is the length of its data as 8 bytes, the masked CRC of these 8 bytes as 4 bytes, the
/// data, and the masked CRC of the data as 4 bytes; all little-endian.
enum TFRecord {
  static func framed(_ data: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(data.count))
    return length + littleEndian(maskedCRC(length)) + data + littleEndian(maskedCRC(data))
  }

  /// A CRC rotated and shifted by a constant, so that the CRC of data with CRCs is a good one too.
  static func maskedCRC(_ bytes: [UInt8]) -> UInt32 {
    let crc = crc32C(bytes)
    return ((crc >> 15) | (crc << 17)) &+ 0xa282_ead8
  }

  /// CRC-32C: polynomial 0x1EDC6F41, reflected, begun and ended with all ones (RFC 3720, B.4).
  static func crc32C(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8)
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in (crc >> 1) ^ (crc & 1 == 1 ? 0x82f6_3b78 : 0) }
  }

  private static func littleEndian<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    withUnsafeBytes(of: word.littleEndian, Array.init)
  }
}
