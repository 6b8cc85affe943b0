import Diagnostics
import Foundation

/// A file that grows while others read it; its owner alone may.
///
/// Each ``append(_:)`` reaches the operating system before it returns, so that what a run reported
/// survives the end of its process.
final class LogFile {
  let path: String
  private let descriptor: CInt

  /// Creates the file.
  ///
  /// - Parameter emptied: whether one that is there is emptied; else it grows.
  init(path: String, emptied: Bool = true) throws {
    self.path = path
    descriptor = retryingInterrupts {
      open(
        path, O_WRONLY | O_CREAT | (emptied ? O_TRUNC : 0) | O_APPEND | O_CLOEXEC, 0o600)
    }
    guard descriptor >= 0 else { throw Failure.system("create", path, errno) }
    // One that was there may be open to others.
    guard fchmod(descriptor, 0o600) == 0 else {
      let number = errno
      close(descriptor)
      throw Failure.system("make private", path, number)
    }
  }

  deinit { close(descriptor) }

  func append(_ bytes: some Collection<UInt8>) throws {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { piece in
        retryingInterrupts { write(descriptor, piece.baseAddress, piece.count) }
      }
      guard written > 0 else { throw Failure.system("write", path, written < 0 ? errno : ENOSPC) }
      rest = rest.dropFirst(written)
    }
  }

  func append(_ text: String) throws { try append(text.utf8) }

  /// Brings the file to the disk.
  func synchronize() throws {
    guard retryingInterrupts({ fsync(descriptor) }) == 0 else {
      throw Failure.system("write", path, errno)
    }
  }
}
