import Diagnostics
import Foundation

/// `images.bin` while it is filled, by several threads at places of their own.
final class StoreImages: Sendable {
  private let path: String
  private let descriptor: CInt

  /// Opens the file, makes it where it is not there, and gives it its size.
  init(path: String, bytes: Int) throws {
    self.path = path
    descriptor = retryingInterrupts { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
    guard descriptor >= 0 else { throw Failure.system("create", path, errno) }
    guard fchmod(descriptor, 0o600) == 0 else {
      throw Failure.system("make private", path, errno)
    }
    guard retryingInterrupts({ ftruncate(descriptor, off_t(bytes)) }) == 0 else {
      throw Failure.system("write", path, errno)
    }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8], at offset: Int) throws {
    try bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
        let count = retryingInterrupts {
          pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
        }
        guard count > 0 else { throw Failure.system("write", path, count < 0 ? errno : ENOSPC) }
        done += count
      }
    }
  }

  /// The bytes at a place; nil where they cannot be read.
  func read(_ count: Int, at offset: Int) -> [UInt8]? {
    var done = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let all = UnsafeMutableRawBufferPointer(buffer)
      while done < count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: all[done..<count])
        let got = retryingInterrupts {
          pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
        }
        guard got > 0 else { break }
        done += got
      }
      filled = done
    }
    return done == count ? bytes : nil
  }

  /// Brings to the disk what was written.
  func synchronize() throws {
    guard retryingInterrupts({ fdatasync(descriptor) }) == 0 else {
      throw Failure.system("write", path, errno)
    }
  }
}
