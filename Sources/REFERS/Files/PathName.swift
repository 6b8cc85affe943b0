/// The parts of a path, cut at its slashes; trailing ones do not count.
///
/// Foundation's own (NSString) ends the process at a name of one letter.
package struct PathName {
  /// What is before the last part: empty for a name alone, `/` for one below the root.
  package let parent: String
  /// The last part; empty for the root.
  package let last: String

  package init(_ path: String) {
    var bytes = Array(path.utf8)[...]
    let slash = UInt8(ascii: "/")
    while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
    guard let place = bytes.lastIndex(of: slash) else {
      (parent, last) = ("", String(decoding: bytes, as: UTF8.self))
      return
    }
    last = String(decoding: bytes[(place + 1)...], as: UTF8.self)
    var above = bytes[..<place]
    while above.last == slash { above.removeLast() }
    parent = above.isEmpty ? "/" : String(decoding: above, as: UTF8.self)
  }

  /// What follows the last full stop of a name, in lower case; empty where there is none.
  package var pathExtension: String {
    guard let stop = last.utf8.lastIndex(of: UInt8(ascii: ".")), stop > last.startIndex else {
      return ""
    }
    return String(last[last.index(after: stop)...]).lowercased()
  }

  /// The name without its last full stop and what follows.
  package var stem: String {
    guard let stop = last.utf8.lastIndex(of: UInt8(ascii: ".")), stop > last.startIndex else {
      return last
    }
    return String(last[..<stop])
  }

  /// A name below a folder; the name itself where the folder is the current one.
  package static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
