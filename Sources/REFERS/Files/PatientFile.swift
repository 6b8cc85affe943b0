import Diagnostics
import Foundation

/// A file of a known size that is read at given places; what the disk fails to read is tried again.
final class PatientFile: Sendable {
  private let path: String
  private let size: Int
  private let descriptor: CInt

  /// Opens a file that must have this many bytes.
  ///
  /// - Throws: `Failure(.file)` where it cannot be opened or has another size.
  init(path: String, size: Int) throws {
    self.path = path
    self.size = size
    do throws(DiskFault) {
      descriptor = try DiskPatience.trying { () throws(DiskFault) in
        let descriptor = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw DiskFault(doing: "opened", number: errno) }
        return descriptor
      }
    } catch {
      throw Failure.system("read", path, error.number)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      Int(status.st_size) == size
    else {
      throw Failure(
        .file, "\(path) is not a file of \(size) bytes.",
        remedy: "It is damaged or was copied in part; take another copy.")
    }
  }

  deinit { close(descriptor) }

  /// Some bytes of the file.
  ///
  /// - Throws: `Failure(.file)` for a range outside the file, where the file has been cut off, and
  ///   where the disk goes on failing.
  func read(_ offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw Failure(
        .file, "\(path) has no \(count) bytes at \(offset).", remedy: "Take another copy.")
    }
    let bytes: [UInt8]
    do throws(DiskFault) {
      bytes = try DiskPatience.trying { () throws(DiskFault) in try part(offset, count) }
    } catch {
      throw Failure.system("read", path, error.number)
    }
    guard bytes.count == count else {
      throw Failure(
        .file, "\(path) ends before byte \(offset + count).",
        remedy: "The file was cut off while it was read; take another copy.")
    }
    return bytes
  }

  /// The bytes up to the file's end.
  private func part(_ offset: Int, _ count: Int) throws(DiskFault) -> [UInt8] {
    var number: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let all = UnsafeMutableRawBufferPointer(buffer)
      while filled < count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: all[filled..<count])
        let got = retryingInterrupts {
          pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
        }
        if got < 0 { number = errno }
        guard got > 0 else { break }
        filled += got
      }
    }
    guard number == 0 else { throw DiskFault(doing: "read", number: number) }
    return bytes
  }
}
