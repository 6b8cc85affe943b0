import Crypto
import Diagnostics
import Foundation

/// A whole file as memory that the system reads when it is touched and may take back at any time.
///
/// The size is that at opening. A file that is cut off later, or a disk that fails, ends the process:
/// only small files that nobody writes any more are mapped, others are a ``PatientFile``.
final class MappedFile: @unchecked Sendable {
  let path: String
  let bytes: UnsafeRawBufferPointer

  /// Maps a file that must have this many bytes.
  ///
  /// - Throws: `Failure(.file)` where it cannot be opened or has another size.
  init(path: String, size: Int) throws {
    self.path = path
    let descriptor = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw Failure.system("read", path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      Int(status.st_size) == size
    else {
      throw Failure(
        .file, "\(path) is not a file of \(size) bytes.",
        remedy: "It is damaged or was copied in part; take another copy.")
    }
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let start, start != MAP_FAILED else { throw Failure.system("map", path, errno) }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// The SHA-256 of the file in hexadecimal; nothing of it stays with the process.
  func digest() -> String {
    var hash = SHA256()
    let piece = 1 << 20
    for start in stride(from: 0, to: bytes.count, by: piece) {
      let part = bytes[start..<min(start + piece, bytes.count)]
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: part))
      release(start, count: part.count)
    }
    return hexadecimal(hash.finalize())
  }

  /// Lets the system take back what was read of a range that lies inside.
  ///
  /// A hint: whether the system follows it changes no byte.
  func release(_ offset: Int, count: Int) {
    guard count > 0, let start = bytes.baseAddress else { return }
    let first = offset / Self.page * Self.page
    _ = madvise(
      UnsafeMutableRawPointer(mutating: start + first), offset + count - first, MADV_DONTNEED)
  }

  private static let page = max(1, Int(sysconf(CInt(_SC_PAGESIZE))))

  /// A little-endian number at a byte that the caller knows to lie inside.
  func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
    Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
  }
}
