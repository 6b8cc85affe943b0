import Diagnostics
import Foundation

/// The claim of one process on a folder, which ends with the process however it ends.
///
/// Where the file system has no locks nobody is kept out.
final class FolderLock: Sendable {
  static let name = ".lock"

  private let descriptor: CInt

  private init(_ descriptor: CInt) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Claims a folder; nil where another process has it.
  static func claim(_ folder: String) throws -> FolderLock? {
    let path = folder + "/" + name
    let descriptor = retryingInterrupts { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
    guard descriptor >= 0 else { throw Failure.system("create", path, errno) }
    let lock = FolderLock(descriptor)
    if retryingInterrupts({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0, errno == EWOULDBLOCK {
      return nil
    }
    // For whoever is kept out; only a help.
    let owner = Array("\(ProcessInfo.processInfo.hostName) \(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = owner.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    return lock
  }

  /// Host and process that have the folder, as far as is known.
  static func owner(of folder: String) -> String {
    let text = try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    let words = text?.split(whereSeparator: \.isWhitespace) ?? []
    return words.count == 2 ? "process \(words[1]) on \(words[0])" : "another process"
  }
}
