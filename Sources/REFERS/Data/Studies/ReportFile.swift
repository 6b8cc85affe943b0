import Diagnostics
import Foundation

/// Reads a report from a text file, whatever it is encoded in.
///
/// UTF-8, with a byte order mark or without; UTF-16 with one. Bytes that are no UTF-8 are read as
/// Latin-1, in its usual form Windows-1252, as hospital systems export it; who reads a source counts
/// them and says so.
public struct ReportFile {
  public let text: String
  public let isLatin1: Bool

  /// The most bytes a report may have.
  public static let limit = 1 << 24

  /// - Throws: `Failure(.file)` where it cannot be read, `Failure(.input)` where it is no text.
  public init(path: String) throws {
    try self.init(bytes: ImageFile.read(path, what: "report", limit: Self.limit))
  }

  /// The text of a file's bytes.
  public init(bytes: [UInt8]) throws {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      text = try Self.utf16(bytes)
      isLatin1 = false
      return
    }
    guard !bytes.contains(0) else {
      throw Failure(
        .input, "The report holds zero bytes and is no text.",
        remedy: "Save it as UTF-8, or as UTF-16 with a byte order mark.")
    }
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    if let text = String(validating: body, as: UTF8.self) {
      self.text = text
      isLatin1 = false
      return
    }
    var text = String.UnicodeScalarView()
    for byte in body {
      let value = (0x80...0x9F).contains(byte) ? Self.windows[Int(byte - 0x80)] : UInt16(byte)
      if let scalar = UnicodeScalar(value) { text.append(scalar) }
    }
    self.text = String(text)
    isLatin1 = true
  }

  private static func utf16(_ bytes: [UInt8]) throws -> String {
    let isLittle = bytes[0] == 0xFF
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      return isLittle ? second << 8 | first : first << 8 | second
    }
    guard bytes.count.isMultiple(of: 2), !units.contains(0),
      let text = String(validating: units, as: UTF16.self)
    else {
      throw Failure(
        .input, "The report begins like UTF-16 text but is none.", remedy: "Save it as UTF-8.")
    }
    return text
  }

  /// What Windows-1252 has where Latin-1 has control characters.
  private static let windows: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039,
    0x152, 0x8D, 0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC,
    0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
  ]
}
