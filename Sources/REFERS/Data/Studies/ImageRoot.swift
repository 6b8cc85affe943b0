import Foundation

/// The folder that the images of a table are in. A path that leaves it, by `..` or as an absolute
/// path elsewhere, has no place in it; a symbolic link inside it is followed wherever it leads.
struct ImageRoot {
  let path: String
  /// The same folder without symbolic links.
  private let resolved: String

  init(_ path: String) {
    let url = URL(fileURLWithPath: path)
    self.path = url.standardizedFileURL.path
    resolved = url.resolvingSymlinksInPath().path
  }

  /// The absolute path of a file in the folder; nil where it is outside.
  func path(of file: String) -> String? {
    let absolute = file.hasPrefix("/") ? file : path + "/" + file
    // By the text alone: what a link leads to does not count.
    var parts: [Substring] = []
    for part in absolute.split(separator: "/") where part != "." {
      if part != ".." {
        parts.append(part)
      } else if parts.popLast() == nil {
        return nil
      }
    }
    let standard = "/" + parts.joined(separator: "/")
    let isInside = [path, resolved].contains { $0 == "/" || standard.hasPrefix($0 + "/") }
    return isInside ? standard : nil
  }
}
