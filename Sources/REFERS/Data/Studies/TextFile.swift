import CZlib
import Diagnostics
import Foundation

/// Reads the bytes of a plain or gzipped file one after another, through zlib.
final class TextFile {
  /// Nil where all bytes are in the buffer.
  private let file: gzFile?
  private let buffer: UnsafeMutableRawBufferPointer
  private var position = 0
  private var end = 0

  /// Opens a file; `name` is what errors call it.
  init(path: String, name: String) throws {
    // gzopen takes a folder without complaint.
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let file = gzopen(path, "rbe")
    else {
      let reason = status.st_mode & S_IFMT == S_IFDIR ? "It is a folder" : Self.systemError
      throw Failure(
        .file, "\(name) cannot be opened: \(reason).",
        remedy: "Check that the file is there and may be read.")
    }
    self.file = file
    buffer = .allocate(byteCount: 1 << 16, alignment: 16)
  }

  /// The bytes of a text that is in memory.
  init(bytes: [UInt8]) {
    file = nil
    buffer = .allocate(byteCount: max(1, bytes.count), alignment: 16)
    bytes.withUnsafeBytes { buffer.copyMemory(from: $0) }
    end = bytes.count
  }

  private static var systemError: String { String(cString: strerror(errno)) }

  deinit {
    if let file { gzclose_r(file) }
    buffer.deallocate()
  }

  /// The next byte; nil at the end of the file.
  ///
  /// - Throws: `Failure(.file)` where reading or unpacking fails, a gzip file cut short included.
  @inline(__always)
  func next(name: String) throws -> UInt8? {
    if position == end {
      try refill(name: name)
      if end == 0 { return nil }
    }
    defer { position += 1 }
    return buffer[position]
  }

  private func refill(name: String) throws {
    guard let file else {
      (position, end) = (0, 0)
      return
    }
    let got = gzread(file, buffer.baseAddress, UInt32(buffer.count))
    var code: Int32 = Z_OK
    let text = gzerror(file, &code)
    guard got >= 0, code == Z_OK || code == Z_STREAM_END else {
      let reason = code == Z_ERRNO ? Self.systemError : text.map { String(cString: $0) } ?? "error"
      throw Failure(
        .file, "\(name) cannot be read: \(reason).",
        remedy: "The file may be cut short or damaged; fetch it again.")
    }
    position = 0
    end = Int(got)
  }
}
