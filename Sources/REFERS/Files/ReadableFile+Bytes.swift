import Diagnostics

extension ReadableFile {
  /// All bytes of the file at `path`; their number is looked at before memory is taken.
  ///
  /// - Throws: `Failure(.file)` where it cannot be read, `Failure(.input)` where it is larger than
  ///   `limit` bytes.
  static func bytes(of path: String, limit: Int) throws -> [UInt8] {
    let file = try ReadableFile(path: path)
    guard file.size <= limit else {
      throw Failure(
        .input, "\(path) has \(file.size) bytes; at most \(limit) are read.",
        remedy: "Is it the file that was meant?")
    }
    return try [UInt8](unsafeUninitializedCapacity: file.size) { buffer, count in
      try file.read(
        at: 0,
        into: UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[..<file.size]))
      count = file.size
    }
  }
}
