import Crypto
import Diagnostics
import Foundation

/// What an ``ImageSurvey`` found, kept beside a run that may go on, in `images.checked`.
///
/// The first line is a stamp of the files looked at; then one line of JSON for each image that
/// cannot be decoded. Another stamp, or no such file, means that they must be looked at again.
struct SurveyRecord {
  private let path: String

  init(directory: String) { path = directory + "/images.checked" }

  /// The lines of a record with this stamp, never empty; nil where there is none.
  func images(stamp: String) -> String? {
    guard let bytes = try? ImageFile.read(path, what: "record", limit: 1 << 28),
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    guard lines.first?.elementsEqual(stamp) == true, lines.last == "end" else { return nil }
    return lines.dropFirst().dropLast().map { $0 + "\n" }.joined() + "\n"
  }

  func write(_ images: [UnusableImage], stamp: String) throws {
    try PrivateFile.write(Array("\(stamp)\n\(try Self.text(of: images))end\n".utf8), to: path)
  }

  /// One line of JSON for each image.
  static func text(of images: [UnusableImage]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do {
      return try images.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
        .joined()
    } catch {
      throw Failure(.library, "The list of images cannot be written as JSON.", cause: error)
    }
  }

  static func images(of text: String) throws -> [UnusableImage] {
    do {
      return try text.split(separator: "\n").map {
        try JSONDecoder().decode(UnusableImage.self, from: Data($0.utf8))
      }
    } catch {
      throw Failure(
        .input, "The list of images that cannot be decoded is damaged.",
        remedy: "Remove images.checked from the run's folder.", cause: error)
    }
  }
}

extension ImageSurvey {
  /// A digest of which files there are, their sizes and times, in hexadecimal.
  func stamp() -> String {
    var hash = SHA256()
    for (item, file) in files {
      var status = stat()
      let isThere = stat(file, &status) == 0
      let words = [
        item.study, item.image, isThere ? Int(status.st_size) : -1, status.st_mtim.tv_sec,
        status.st_mtim.tv_nsec, file.utf8.count,
      ]
      words.withUnsafeBytes { hash.update(bufferPointer: $0) }
      hash.update(data: Data(file.utf8))
    }
    words(of: base).withUnsafeBytes { hash.update(bufferPointer: $0) }
    return hexadecimal(hash.finalize())
  }

  private func words(of base: BaseSize) -> [Int] {
    switch base {
    case .square(let side): [0, side]
    case .shortSide(let side): [1, side]
    }
  }
}
