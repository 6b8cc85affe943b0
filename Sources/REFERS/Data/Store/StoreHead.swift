import Crypto
import Diagnostics
import Foundation

/// The names of a store's files.
enum StoreFile {
  static let head = "store.json"
  static let studies = "studies.bin"
  static let reports = "reports.txt"
  static let index = "images.index"
  static let images = "images.bin"
  static let vocabulary = "vocab.txt"
  static let casedVocabulary = "vocab-cased.txt"
  static let quarantine = "quarantine.csv"
  static let reportData = "report.json"
  static let reportPage = "report.html"
  /// What the store was made of; see ``StoreOrigin``.
  static let origin = "source.stamp"
  /// What lies in a folder that is being filled, and in no finished store.
  static let unfinished = "store.unfinished"

  /// All files of a finished store.
  static let finished = [
    head, studies, reports, index, images, vocabulary, casedVocabulary, quarantine, reportData,
    reportPage, origin,
  ]

  /// Whether a file of an unfinished store may have this name.
  static func isOwn(_ name: String) -> Bool {
    let whole = name.hasSuffix(".partial") ? String(name.dropLast(8)) : name
    return whole == unfinished || finished.contains(whole)
  }
}

/// What `store.json` says; it is written last, so that a store that has it is whole.
struct StoreHead: Codable, Equatable {
  struct File: Codable, Equatable {
    let bytes: Int
    /// Empty for `images.bin`, of which every image is checked when it is read.
    let sha256: String
  }

  static let format = "refers-mpi store"
  static let version = 1
  /// The pieces of the vocabularies in the store; a smaller one is their beginning.
  static let vocabularySize = 30_000

  var format = Self.format
  var version = Self.version
  /// The side of every image, in pixels.
  let size: Int
  let studies: Int
  /// The images its sources list, of which `badImages` could not be decoded.
  let images: Int
  let badImages: Int
  /// The studies of the source that have no usable report.
  let dropped: Int
  /// The digest of what the store was made from.
  let input: String
  let files: [String: File]

  /// The SHA-256 of all that a run takes from the store, in hexadecimal.
  var digest: String {
    var hash = SHA256()
    hash.update(data: Data("\(format) \(version) \(size) \(studies) \(images)\n".utf8))
    for (name, file) in files.sorted(by: { precedes($0.key, $1.key) }) {
      hash.update(data: Data("\(file.sha256) \(file.bytes) \(name)\n".utf8))
    }
    return hexadecimal(hash.finalize())
  }

  func file(_ name: String, in directory: String) throws -> File {
    if let file = files[name], file.bytes >= 0 { return file }
    throw Failure(
      .file, "The head of the store \(directory) does not list \(name).",
      remedy: Self.remedy)
  }

  /// What helps against damage.
  static let remedy =
    "Take another copy of the store, or start the same `refers-mpi prepare` again; it looks at the "
    + "store and makes it anew."

  /// Reads the head of a store.
  ///
  /// - Throws: `Failure(.file)` for a store that is unfinished, of another version, or damaged.
  init(directory: String) throws {
    let path = directory + "/" + StoreFile.head
    guard Folder.size(ofFile: path) != nil else {
      throw Failure(
        .file, "\(directory) is an unfinished store: `prepare` was interrupted.",
        remedy: "Start the same `refers-mpi prepare` again; it goes on where it was.")
    }
    let bytes = Data(try ImageFile.read(path, what: "store.json", limit: 1 << 24))
    struct Kind: Decodable {
      let format: String
      let version: Int
    }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let kind = try decoder.decode(Kind.self, from: bytes)
      guard kind.format == Self.format, kind.version == Self.version else {
        throw Failure(
          .file,
          "The store \(directory) has version \(kind.version); this program reads version "
            + "\(Self.version).", remedy: "Remove it, and prepare the data anew with this program.")
      }
      self = try decoder.decode(StoreHead.self, from: bytes)
    } catch let error as DecodingError {
      throw Failure(
        .file, "\(path) is no head of a store.",
        remedy: Self.remedy, cause: error)
    }
  }

  init(
    size: Int, studies: Int, images: Int, badImages: Int, dropped: Int, input: String,
    files: [String: File]
  ) {
    self.size = size
    self.studies = studies
    self.images = images
    self.badImages = badImages
    self.dropped = dropped
    self.input = input
    self.files = files
  }

  var json: [UInt8] {
    get throws { try orderedJSON(self) }
  }
}

/// A value as JSON whose bytes depend on it alone.
func orderedJSON(_ value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  do {
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  } catch {
    throw Failure(.file, "A value cannot be written as JSON.", cause: error)
  }
}
