import Diagnostics
import Foundation

/// The studies of a folder that `refers-mpi prepare` has written: images of one size as they are
/// after decoding, and reports, read when they are asked for; the indices are memory-mapped.
///
/// ```
/// store.json     version, counts, and the size and SHA-256 of every file; written last
/// studies.bin    32 bytes a study: report, images, split
/// reports.txt    findings and impression of one study after the other
/// images.index   24 bytes an image: hash, CRC-32, whether it could be decoded
/// images.bin     size x size bytes an image, in the order of the studies
/// vocab.txt, vocab-cased.txt    WordPiece vocabularies of the training reports
/// ```
/// A study has the index it has in the source the store was made from, so that random numbers are
/// the same; one that lost all its images is in no split. The store itself keeps nothing in memory
/// for a study; the order of an epoch takes a run about 65 bytes a study and rank.
public struct StudyStore: StudySource {
  /// The side of every image, in pixels.
  public var size: Int { head.size }
  public var imagesAreChecked: Bool { true }
  public var notices: [String] {
    guard head.badImages > 0 else { return [] }
    return [
      "\(head.badImages) of \(head.images) images could not be decoded when the store was made; see "
        + "\(directory)/\(StoreFile.quarantine)"
    ]
  }
  public var dropped: Int { head.dropped }
  public var count: Int { head.studies }
  /// The SHA-256 of all that a run takes from the store.
  public let digest: String

  let directory: String
  let head: StoreHead
  private let records: MappedFile
  private let reports: PatientFile
  private let index: MappedFile
  private let images: PatientFile

  /// Whether a folder is a store, finished or not.
  public static func isStore(_ directory: String) -> Bool {
    [StoreFile.head, StoreFile.unfinished].contains {
      FileManager.default.fileExists(atPath: directory + "/" + $0)
    }
  }

  /// Opens a store.
  ///
  /// - Complexity: reads the indices once, 32 bytes a study and 24 an image, to check them.
  /// - Throws: `Failure(.file)` for a store that is unfinished, of another version, or damaged.
  public init(directory: String) throws {
    let head = try StoreHead(directory: directory)
    func size(_ name: String, _ count: Int, of each: Int) throws -> Int {
      let (bytes, overflow) = count.multipliedReportingOverflow(by: each)
      guard count >= 0, !overflow, bytes == (try head.file(name, in: directory).bytes) else {
        throw Self.damaged(name)
      }
      return bytes
    }
    func map(_ name: String, _ count: Int, of each: Int) throws -> MappedFile {
      let mapped = try MappedFile(
        path: directory + "/" + name, size: try size(name, count, of: each))
      guard mapped.digest() == (try head.file(name, in: directory).sha256) else {
        throw Self.damaged(name)
      }
      return mapped
    }
    guard (1...16_384).contains(head.size) else { throw Self.damaged(StoreFile.head) }
    records = try map(StoreFile.studies, head.studies, of: StoredStudy.byteCount)
    index = try map(StoreFile.index, head.images, of: StoredImage.byteCount)
    images = try PatientFile(
      path: directory + "/" + StoreFile.images,
      size: try size(StoreFile.images, head.images, of: head.size * head.size))
    reports = try PatientFile(
      path: directory + "/" + StoreFile.reports,
      size: try head.file(StoreFile.reports, in: directory).bytes)
    self.directory = directory
    self.head = head
    digest = head.digest
  }

  private static func damaged(_ name: String) -> Failure {
    Failure(.file, "\(name) of the store is damaged.", remedy: StoreHead.remedy)
  }

  // MARK: StudySource

  /// Every study, made anew; what goes through all of them takes ``study(_:)`` instead.
  public var studies: [Study] { (0..<count).map { study($0) } }

  public func study(_ index: Int) -> Study {
    let record = record(index)
    return Study(
      identifier: "", patient: "",
      radiographs: Array(repeating: Radiograph(file: ""), count: Int(record?.usable ?? 0)),
      split: record.map(Self.split) ?? .train)
  }

  public func indices(of splits: [StudySplit]) -> [Int] {
    let piece = 1 << 15
    var found: [Int] = []
    found.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: piece) {
      let part = start..<min(start + piece, count)
      found += part.lazy.filter { index in
        record(index).map { $0.usable > 0 && splits.contains(Self.split($0)) } ?? false
      }
      records.release(start * StoredStudy.byteCount, count: part.count * StoredStudy.byteCount)
    }
    return found
  }

  public func report(of index: Int) throws -> String {
    guard let record = record(index) else {
      throw Failure(.input, "There is no study \(index); the store has \(count).")
    }
    guard let start = Int(exactly: record.text) else { throw Self.damaged(StoreFile.studies) }
    let bytes = try reports.read(start, count: Int(record.textBytes))
    guard checksum(bytes) == record.textCheck, let text = String(validating: bytes, as: UTF8.self)
    else { throw Self.damaged(StoreFile.reports).within("study \(index)") }
    return text
  }

  public func image(_ number: Int, of study: Int, at base: BaseSize) throws -> GrayBytes? {
    let side = try side(of: base)
    guard let record = record(study), let first = Int(exactly: record.firstImage),
      first <= head.images, Int(record.images) <= head.images - first
    else { throw Self.damaged(StoreFile.studies) }
    var left = number
    for place in first..<first + Int(record.images) {
      let image = StoredImage(index.bytes, at: place * StoredImage.byteCount)
      guard image.isUsable else { continue }
      if left == 0 {
        let pixels = try images.read(place * size * size, count: size * size)
        guard checksum(pixels) == image.check else { throw Self.damaged(StoreFile.images) }
        return GrayBytes(width: size, height: size, pixels: pixels)
          .resized(width: side, height: side)
      }
      left -= 1
    }
    throw Failure(.input, "The store has no image \(number + 1) of study \(study).")
  }

  /// Whether the pixels of every image are those that were prepared, and those of an image that
  /// could not be decoded are none.
  ///
  /// - Complexity: reads all images.
  func imagesAreWhole() throws -> Bool {
    try (0..<head.images).allSatisfy { place in
      let image = StoredImage(index.bytes, at: place * StoredImage.byteCount)
      let pixels = try images.read(place * size * size, count: size * size)
      return image.isUsable ? checksum(pixels) == image.check : pixels.allSatisfy { $0 == 0 }
    }
  }

  /// The side of the square a run wants its images at, which the store must be able to give.
  ///
  /// - Throws: `Failure(.configuration)` for another form, or a larger size than the store's.
  @discardableResult
  public func side(of base: BaseSize) throws -> Int {
    switch base {
    case .square(let side) where side <= size: return side
    case .square(let side):
      throw Failure(
        .configuration,
        "The images of the store have \(size) pixels a side; the run wants \(side).",
        remedy: "Prepare the data with --size \(side), or set image.resize to at most \(size).")
    case .shortSide:
      throw Failure(
        .configuration,
        "The images of a store are squares; the public code's augmentation wants "
          + "them as wide as they were.",
        remedy: "Give the original data, or set augmentation.form=paper.")
    }
  }

  /// Throws where the images that could not be decoded are more than a share of all.
  public func require(share: Double) throws {
    guard Double(head.badImages) > share * Double(head.images) else { return }
    throw Failure(
      .image,
      "\(head.badImages) of \(head.images) images of the store could not be decoded, more "
        + "than data.bad_images (\(share)) allows.",
      remedy: "See \(directory)/\(StoreFile.quarantine), mend the images and prepare them anew, or "
        + "raise data.bad_images.")
  }

  private func record(_ index: Int) -> StoredStudy? {
    (0..<count).contains(index) ? StoredStudy(records, study: index) : nil
  }

  private static func split(_ record: StoredStudy) -> StudySplit {
    Int(record.split) < StudySplit.allCases.count
      ? StudySplit.allCases[Int(record.split)] : .train
  }

  // MARK: Vocabulary

  /// The vocabulary that would be trained on the training reports; nil where it is larger than what
  /// the store holds.
  public func vocabulary(size: Int, lowerCase: Bool) throws -> WordPieceVocabulary? {
    let name = lowerCase ? StoreFile.vocabulary : StoreFile.casedVocabulary
    let path = directory + "/" + name
    guard try sha256(ofFile: path) == head.file(name, in: directory).sha256 else {
      throw Self.damaged(name)
    }
    let tokens = try WordPieceVocabulary(contentsOf: path).tokens
    guard size <= StoreHead.vocabularySize || tokens.count < StoreHead.vocabularySize else {
      return nil
    }
    // Merging goes on from the alphabet, which is there whatever the size.
    let special = WordPieceVocabulary.specialTokens.count
    let alphabet = tokens.dropFirst(special).prefix { token in
      (token.hasPrefix("##") && token.count > 2 ? token.dropFirst(2) : token[...])
        .unicodeScalars.count == 1
    }
    return try WordPieceVocabulary(
      tokens: Array(tokens.prefix(max(size, special + alphabet.count))))
  }
}
