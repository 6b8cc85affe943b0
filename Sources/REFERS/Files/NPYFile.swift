import Diagnostics

/// NumPy's file of one array: `numpy.load("features.npy")`.
///
/// Version 1.0 of the format: the magic `\x93NUMPY`, the version, the header's length in 16 bits, a
/// header that says type, order and shape and is padded so that the values begin at a multiple of
/// 64 bytes, and the values, here 32-bit floats in rows, little-endian.
public enum NPYFile {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
  private static let alignment = 64

  /// Writes a matrix of `columns` floats a row for its owner alone, replacing at one instant what
  /// `path` held.
  ///
  /// - Throws: `Failure(.shape)` where the values are no whole rows; `Failure(.file)`.
  public static func write(_ values: [Float], columns: Int, to path: String) throws {
    guard columns > 0, values.count.isMultiple(of: columns) else {
      throw Failure(.shape, "\(values.count) values are no rows of \(columns).")
    }
    let file = try PrivateFile(replacing: path)
    let header = header(rows: values.count / columns, columns: columns)
    try header.withUnsafeBytes { try file.write($0) }
    try values.withUnsafeBytes { try file.write($0) }
    _ = try file.finish(as: path)
  }

  /// All that stands before the values.
  static func header(rows: Int, columns: Int) -> [UInt8] {
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    let used = magic.count + 2 + text.utf8.count + 1
    text += String(repeating: " ", count: (alignment - used % alignment) % alignment) + "\n"
    // Two extents of 64 bits leave the header below 192 bytes.
    let length = UInt16(truncatingIfNeeded: text.utf8.count)
    return magic + [UInt8(length & 0xff), UInt8(length >> 8)] + Array(text.utf8)
  }
}
