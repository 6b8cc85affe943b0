import Foundation

/// What tells a file from what it was before: its size, and when its content and its entry changed.
///
/// A file that was put back with its old time differs in the second.
struct FileStamp: Equatable {
  let text: String

  /// The stamp of a file; nil where it is not there.
  ///
  /// - Throws: where the disk does not say, after some tries.
  static func of(_ path: String) throws(DiskFault) -> FileStamp? {
    try DiskPatience.trying { () throws(DiskFault) in
      var status = stat()
      if stat(path, &status) == 0 { return FileStamp(status) }
      let number = errno
      guard number == ENOENT || number == ENOTDIR else {
        throw DiskFault(doing: "examined", number: number)
      }
      return nil
    }
  }

  private init(_ status: stat) {
    func time(_ time: timespec) -> String { "\(time.tv_sec).\(time.tv_nsec)" }
    text = "\(status.st_size) \(time(status.st_mtim)) \(time(status.st_ctim))"
  }
}
