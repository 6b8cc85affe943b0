import Crypto
import Diagnostics
import Foundation

extension StoreWriter {
  /// Writes the indices, the vocabularies, the report, and at last the head.
  func finish(_ input: StoreInput, _ chunks: [StoreChunk]) throws -> PreparationReport {
    let images = chunks.flatMap(\.images)
    let bad = chunks.flatMap(\.bad)
    guard images.count == input.images else {
      throw Failure(.file, "\(images.count) of \(input.images) images were prepared.")
    }
    var records = input.records
    for study in records.indices {
      let first = Int(records[study].firstImage)
      let own = images[first..<first + Int(records[study].images)]
      records[study].usable = UInt16(own.count(where: \.isUsable))
    }
    var files = [StoreFile.reports: input.reports]
    files[StoreFile.images] = StoreHead.File(bytes: images.count * size * size, sha256: "")
    func write(_ bytes: [UInt8], _ name: String) throws {
      let file = try PrivateFile(replacing: path(name))
      try bytes.withUnsafeBytes { try file.write($0) }
      files[name] = StoreHead.File(bytes: bytes.count, sha256: try file.finish(as: path(name)))
    }
    var bytes: [UInt8] = []
    for record in records { record.append(to: &bytes) }
    try write(bytes, StoreFile.studies)
    bytes.removeAll()
    for image in images { image.append(to: &bytes) }
    try write(bytes, StoreFile.index)

    var counting = PreparationCount(source: source, size: size)
    var words: (lower: WordCount, cased: WordCount) = (WordCount(true), WordCount(false))
    for study in records.indices {
      let report = try source.report(of: study)
      let first = Int(records[study].firstImage)
      let own = images[first..<first + Int(records[study].images)]
      var length = 0
      let counts = source.study(study).split == .train && records[study].usable > 0
      words.lower.add(report, counts: counts) { length += 1 }
      if counts { words.cased.add(report, counts: true) {} }
      counting.add(study, report: report, words: length, images: own)
    }
    try write(words.lower.vocabulary(), StoreFile.vocabulary)
    try write(words.cased.vocabulary(), StoreFile.casedVocabulary)

    let report = counting.report(bad: bad)
    var origin = StoreOrigin(stamp: input.stamp)
    for (name, bytes) in [
      (StoreFile.quarantine, quarantine(bad)), (StoreFile.reportData, try orderedJSON(report)),
      (StoreFile.reportPage, Array(try page(report, records, images).utf8)),
    ] {
      try PrivateFile.write(bytes, to: path(name))
      origin.files[name] = hexadecimal(SHA256.hash(data: bytes))
    }
    try origin.write(to: path(StoreFile.origin))
    try Folder.synchronize(directory)
    let head = StoreHead(
      size: size, studies: records.count, images: images.count, badImages: bad.count,
      dropped: source.dropped, input: input.digest, files: files)
    try PrivateFile.write(try head.json, to: path(StoreFile.head))
    try Folder.synchronize(directory)
    return report
  }

  /// The images that could not be decoded, with their paths, as a CSV for the owner's eyes.
  private func quarantine(_ bad: [StoreChunk.Bad]) -> [UInt8] {
    func quoted(_ text: String) -> String {
      "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
    var text = "study,image,path,reason\n"
    for image in bad {
      let file = source.study(image.study).radiographs[image.image].file
      text += "\(image.study),\(image.image + 1),\(quoted(file)),\(quoted(image.reason))\n"
    }
    return Array(text.utf8)
  }

  /// The page of the report, with a few images from all over the store.
  private func page(
    _ report: PreparationReport, _ records: [StoredStudy], _ images: [StoredImage]
  ) throws -> String {
    let usable = records.indices.filter { records[$0].usable > 0 }
    let file = try StoreImages(
      path: path(StoreFile.images), bytes: images.count * size * size)
    let samples = try (0..<min(12, usable.count)).compactMap { sample -> ReportPage.Sample? in
      let study = usable[sample * usable.count / min(12, usable.count)]
      let first = Int(records[study].firstImage)
      guard
        let place = (first..<first + Int(records[study].images)).first(where: {
          images[$0].isUsable
        }), let pixels = file.read(size * size, at: place * size * size)
      else { return nil }
      return ReportPage.Sample(
        study: study, image: place - first + 1,
        jpeg: try SyntheticFiles.jpeg(pixels, side: size, quality: 85))
    }
    return ReportPage(report: report, samples: samples).html
  }
}

/// The words of reports with their numbers of occurrence.
private struct WordCount {
  private let tokenizer: BasicTokenizer
  private var counts: [ByteKey: Int] = [:]

  init(_ lowerCase: Bool) { tokenizer = BasicTokenizer(lowerCase: lowerCase) }

  mutating func add(_ report: String, counts isCounted: Bool, _ each: () -> Void) {
    tokenizer.forEachWord(in: report) {
      each()
      if isCounted { counts[ByteKey($0), default: 0] += 1 }
      return true
    }
  }

  /// The largest vocabulary of a store, one piece a line.
  func vocabulary() throws -> [UInt8] {
    let vocabulary = try WordPieceTrainer(size: StoreHead.vocabularySize)
      .train(onWords: counts.map { ($0.key.string, $0.value) })
    return Array(vocabulary.tokens.map { $0 + "\n" }.joined().utf8)
  }
}
