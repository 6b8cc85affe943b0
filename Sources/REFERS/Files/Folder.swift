import Diagnostics
import Foundation

/// What a checkpoint needs of folders: private ones, names that change at one instant, and both
/// brought to the disk.
enum Folder {
  /// Makes a folder, and those above it that are missing, for its owner alone.
  static func create(_ path: String) throws {
    if mkdir(path, 0o700) == 0 { return }
    var number = errno
    let above = PathName(path).parent
    if number == ENOENT, !above.isEmpty, above != path {
      try create(above)
      if mkdir(path, 0o700) == 0 { return }
      number = errno
    }
    var isFolder: ObjCBool = false
    if number == EEXIST, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
      isFolder.boolValue
    {
      return
    }
    throw Failure.system("make the folder", path, number)
  }

  static func remove(_ path: String) throws {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw Failure(
        .file, "Cannot remove \(path).", remedy: "See who may write to the folder around it.",
        cause: error)
    }
  }

  /// The names in a folder in order of their bytes; none if the folder is not there.
  static func names(in path: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted(by: precedes)
    } catch {
      throw Failure(.file, "Cannot list the folder \(path).", cause: error)
    }
  }

  static func rename(_ path: String, to target: String) throws {
    guard Foundation.rename(path, target) == 0 else {
      throw Failure.system("rename \(path) to", target, errno)
    }
  }

  /// Lets the symbolic link `link` name `target`, replacing what it named at one instant.
  ///
  /// - Parameter aside: the name under which the new link is made.
  static func link(_ link: String, to target: String, aside: String) throws {
    guard unlink(aside) == 0 || errno == ENOENT else {
      throw Failure.system("remove", aside, errno)
    }
    guard symlink(target, aside) == 0 else { throw Failure.system("make the link", aside, errno) }
    try rename(aside, to: link)
  }

  /// Whether two paths, however written, are one folder.
  static func isSame(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(path, &first) == 0 && stat(other, &second) == 0
      && first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// The bytes of a file; nil where it is not there.
  static func size(ofFile path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// What the symbolic link at `path` names; nil if there is no link.
  static func target(ofLink path: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: path)
  }

  /// Brings the names in a folder to the disk, where its file system can.
  static func synchronize(_ path: String) throws {
    let descriptor = retryingInterrupts { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw Failure.system("open", path, errno) }
    defer { close(descriptor) }
    let status = retryingInterrupts { fsync(descriptor) }
    guard status == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw Failure.system("write", path, errno)
    }
  }
}
