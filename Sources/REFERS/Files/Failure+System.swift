import Diagnostics
import Foundation

extension Failure {
  /// The failure of a call to the system on a file, with what can be done about it.
  ///
  /// - Parameters:
  ///   - activity: what was being done, such as "write".
  ///   - path: the file or folder.
  ///   - number: the error number the call left in `errno`.
  static func system(
    _ activity: String, _ path: String, _ number: CInt, file: String = #fileID, line: Int = #line
  ) -> Failure {
    let remedy =
      switch number {
      case ENOSPC, EDQUOT, EFBIG: "Free space on that disk, or choose another --output."
      case EACCES, EPERM, EROFS: "Choose a folder that you may write to."
      case ENOENT: "See that the path is right."
      case EIO, ESTALE: "The disk or the network file system failed; see the system's log."
      case EMFILE, ENFILE: "Raise the limit of open files (ulimit -n)."
      default: ""
      }
    return Failure(
      .file, "Cannot \(activity) \(path): \(String(cString: strerror(number))).", remedy: remedy,
      file: file, line: line)
  }
}

/// Repeats a call while a signal interrupts it.
///
/// - Returns: what the call returned, which is negative if it failed.
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
