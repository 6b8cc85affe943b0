import Crypto
import Diagnostics
import Foundation

/// An open file read at given places, straight into the caller's memory.
///
/// Reading is preferred to mapping: when the disk fails or the file is cut off by another process
/// while it is read, a read reports an error, where a mapping kills the process.
final class ReadableFile: Sendable {
  let path: String
  let size: Int
  private let descriptor: CInt

  init(path: String) throws {
    self.path = path
    let descriptor = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw Failure.system("read", path, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Failure(.file, "\(path) is not a regular file.", remedy: "Name a file.")
    }
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `bytes` from the file's byte `offset` on.
  func read(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    var filled = 0
    while filled < bytes.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
      let count = retryingInterrupts {
        pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
      }
      guard count >= 0 else { throw Failure.system("read", path, errno) }
      guard count > 0 else {
        throw Failure(
          .file, "\(path) ends before byte \(offset + bytes.count).",
          remedy: "The file was cut off while it was read; take another copy.")
      }
      filled += count
    }
  }
}

/// The SHA-256 of a file, in hexadecimal, as `sha256sum` prints it.
public func sha256(ofFile path: String) throws -> String {
  let file = try ReadableFile(path: path)
  var hash = SHA256()
  let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
  defer { piece.deallocate() }
  var offset = 0
  while offset < file.size {
    let part = UnsafeMutableRawBufferPointer(
      rebasing: piece.prefix(min(piece.count, file.size - offset)))
    try file.read(at: offset, into: part)
    hash.update(bufferPointer: UnsafeRawBufferPointer(part))
    offset += part.count
  }
  return hexadecimal(hash.finalize())
}
