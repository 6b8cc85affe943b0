import Diagnostics
import Foundation

/// The SHA-256 of each file of a checkpoint, in the format of `sha256sum`.
///
/// A person checks a checkpoint without this program: `sha256sum --check SHA256SUMS`.
struct CheckpointManifest {
  static let name = "SHA256SUMS"

  /// File name and digest in hexadecimal, in order of the names' bytes.
  let digests: [(name: String, digest: String)]

  init(_ digests: [(name: String, digest: String)]) {
    self.digests = digests.sorted { precedes($0.name, $1.name) }
  }

  var text: String { digests.map { "\($0.digest)  \($0.name)\n" }.joined() }

  /// The manifest in the folder `path`.
  init(readingFrom path: String) throws {
    let file = path + "/" + Self.name
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw Failure(
        .checkpoint, "Cannot read \(file).",
        remedy: "Without it a checkpoint was never finished; take another one.")
    }
    var digests: [(name: String, digest: String)] = []
    for (index, line) in text.split(separator: "\n").enumerated() {
      let digest = line.prefix(64)
      let name = line.dropFirst(66)
      guard digest.count == 64, digest.allSatisfy(\.isHexDigit), line.dropFirst(64).hasPrefix("  "),
        !name.isEmpty, !name.contains("/")
      else {
        throw Failure(
          .checkpoint, "\(file), line \(index + 1), is not a digest, two blanks and a file name.",
          remedy: "The checkpoint is damaged; take another one.")
      }
      digests.append((String(name), String(digest)))
    }
    self.init(digests)
  }
}
