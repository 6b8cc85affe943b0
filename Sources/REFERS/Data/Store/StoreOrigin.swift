import Foundation

/// What `source.stamp` says: which files a finished store was made of, and what the files for people
/// were. It is no part of the digest of the store.
struct StoreOrigin: Codable, Equatable {
  /// ``StoreInput/stamp`` of the source.
  let stamp: String
  /// The SHA-256 of the files that the head does not list.
  var files: [String: String] = [:]

  init(stamp: String) { self.stamp = stamp }

  /// Reads the file; nil where there is none that is whole.
  init?(path: String) {
    guard let bytes = FileManager.default.contents(atPath: path),
      let origin = try? JSONDecoder().decode(StoreOrigin.self, from: bytes),
      let written = try? orderedJSON(origin), bytes.elementsEqual(written)
    else { return nil }
    self = origin
  }

  func write(to path: String) throws { try PrivateFile.write(try orderedJSON(self), to: path) }
}
