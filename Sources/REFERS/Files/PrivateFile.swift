import Crypto
import Diagnostics
import Foundation

/// A new file that its owner alone may read, with a digest of what was written to it.
///
/// Every call is checked, the last of them being the one that brings the bytes to the disk, so
/// that a full disk is an error and never a short file.
final class PrivateFile {
  /// No single write is larger than this: the system takes no more than 2 GiB at once.
  private static let pieceBytes = 64 << 20

  let path: String
  private var descriptor: CInt
  private var hash = SHA256()

  /// Creates the file, which must not be there yet.
  init(creating path: String) throws {
    self.path = path
    descriptor = retryingInterrupts { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    guard descriptor >= 0 else { throw Failure.system("create", path, errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Appends `bytes` from where they lie.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceBytes))
      let written = retryingInterrupts {
        Foundation.write(descriptor, piece.baseAddress, piece.count)
      }
      guard written > 0 else { throw Failure.system("write", path, written < 0 ? errno : ENOSPC) }
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece.prefix(written)))
      rest = rest.dropFirst(written)
    }
  }

  /// Brings the file to the disk and closes it.
  ///
  /// - Returns: the SHA-256 of all that was written, in hexadecimal.
  func finish() throws -> String {
    guard retryingInterrupts({ fsync(descriptor) }) == 0 else {
      throw Failure.system("write", path, errno)
    }
    let status = close(descriptor)
    descriptor = -1
    guard status == 0 || errno == EINTR else { throw Failure.system("write", path, errno) }
    return hexadecimal(hash.finalize())
  }
}

extension PrivateFile {
  /// Lets `path` hold these bytes, replacing at one instant what it held; nothing is written if it
  /// holds them already.
  static func write(_ bytes: [UInt8], to path: String) throws {
    if let present = FileManager.default.contents(atPath: path), present.elementsEqual(bytes) {
      guard chmod(path, 0o600) == 0 else { throw Failure.system("make private", path, errno) }
      return
    }
    let aside = path + ".partial"
    guard unlink(aside) == 0 || errno == ENOENT else {
      throw Failure.system("remove", aside, errno)
    }
    let file = try PrivateFile(creating: aside)
    try bytes.withUnsafeBytes { try file.write($0) }
    _ = try file.finish()
    try Folder.rename(aside, to: path)
  }
}

/// Bytes as lower-case hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  var text = ""
  for byte in bytes {
    text += byte < 16 ? "0" : ""
    text += String(byte, radix: 16)
  }
  return text
}
