import Crypto
import Diagnostics
import Foundation

/// The images of some neighbouring studies once they are in `images.bin`: what a `prepare` that
/// goes on need not do again.
struct StoreChunk {
  /// An image whose bytes could not be decoded.
  struct Bad: Codable, Equatable {
    let study: Int
    /// Its place in the study, from 0.
    let image: Int
    let reason: String
  }

  private struct Text: Codable {
    let stamp: String
    let bad: [Bad]
  }

  /// The digest of the paths and stamps of the image files it was made of.
  let stamp: String

  var images: [StoredImage] = []
  var bad: [Bad] = []

  init(stamp: String) { self.stamp = stamp }

  /// Reads a chunk's file; nil where there is none, or not a whole one of so many images and of
  /// the same files.
  init?(path: String, images count: Int, stamp: String) {
    guard let bytes = FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) else {
      return nil
    }
    let table = count * StoredImage.byteCount
    guard bytes.count >= table + SHA256.byteCount else { return nil }
    let content = bytes.dropLast(SHA256.byteCount)
    guard SHA256.hash(data: content).elementsEqual(bytes.suffix(SHA256.byteCount)),
      let text = try? JSONDecoder().decode(Text.self, from: Data(content.dropFirst(table))),
      text.stamp == stamp
    else { return nil }
    self.stamp = stamp
    bytes.withUnsafeBytes { bytes in
      images = (0..<count).map { StoredImage(bytes, at: $0 * StoredImage.byteCount) }
    }
    bad = text.bad
  }

  /// Writes the chunk's file, with a SHA-256 of it at its end.
  func write(to path: String) throws {
    var bytes: [UInt8] = []
    for image in images { image.append(to: &bytes) }
    bytes += try orderedJSON(Text(stamp: stamp, bad: bad))
    bytes += SHA256.hash(data: bytes)
    let file = try PrivateFile(replacing: path)
    try bytes.withUnsafeBytes { try file.write($0) }
    _ = try file.finish(as: path)
  }
}
