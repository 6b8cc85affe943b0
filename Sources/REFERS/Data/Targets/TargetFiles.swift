import Diagnostics
import Foundation

/// The table of a published set and the folder it stands in.
struct TargetFiles {
  let folder: String
  let table: String

  /// - Parameters:
  ///   - path: the folder, or the table itself.
  ///   - isTable: whether a name in the folder is the table's; the last in order is taken.
  ///   - called: what an error calls it.
  init(_ path: String, called: String, isTable: (String) -> Bool) throws {
    guard TargetLayout.isFolder(path) else {
      table = path
      folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      return
    }
    folder = URL(fileURLWithPath: path).standardizedFileURL.path
    guard let name = try ImageFolders.list(folder).last(where: isTable) else {
      throw Failure(
        .file, "\(path) has no table \(called).",
        remedy: "Put it there, or name the table itself with --data.")
    }
    table = folder + "/" + name
  }

  /// The lines of a text file without white space at their ends; blank ones are left out.
  static func lines(of path: String) throws -> [(number: Int, text: Substring)] {
    guard
      let text = String(validating: try ReadableFile.bytes(of: path, limit: 1 << 28), as: UTF8.self)
    else {
      throw Failure(.input, "\(path) is not UTF-8 text.", remedy: "Save the file as UTF-8.")
    }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return lines.enumerated().compactMap { number, line in
      let text = line.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
      guard let last = text.lastIndex(where: { !$0.isWhitespace }) else { return nil }
      return (number + 1, text[...last])
    }
  }
}
