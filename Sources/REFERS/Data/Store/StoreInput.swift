import Crypto
import Diagnostics
import Foundation

/// What a store is made from, gone through once: the reports are written, the images counted.
struct StoreInput {
  /// A record of each study; `usable` is not known yet.
  var records: [StoredStudy] = []
  /// The digest of options, reports, splits, and names of the images.
  let digest: String
  /// The digest of that, and of the path and ``FileStamp`` of every image.
  let stamp: String
  /// The digests of paths and stamps of the images, for each chunk of studies.
  let chunkStamps: [String]
  let reports: StoreHead.File

  /// The images of all studies.
  var images: Int { records.last.map { Int($0.firstImage) + Int($0.images) } ?? 0 }

  /// Writes the reports of a source and looks at each of its image files.
  ///
  /// - Throws: `Failure` where a report cannot be read or images are missing.
  init(_ source: any StudySource, size: Int, chunk: Int, reports path: String) throws {
    let file = try PrivateFile(replacing: path)
    var hash = SHA256()
    func add(_ text: String) { hash.update(data: Data("\(text.utf8.count) \(text)\n".utf8)) }
    func add(_ number: Int) { add(String(number)) }
    add("store version \(StoreHead.version), size \(size), dropped \(source.dropped)")
    var (text, image) = (0, 0)
    var missing = Missing()
    var (all, part) = (StudyHash(), StudyHash())
    var stamps: [String] = []
    for index in 0..<source.count {
      if index > 0, index.isMultiple(of: chunk) {
        stamps.append(part.text)
        part = StudyHash()
      }
      let study = source.study(index)
      let report = Array(try source.report(of: index).utf8)
      guard let textBytes = UInt32(exactly: report.count),
        let images = UInt16(exactly: study.radiographs.count)
      else {
        throw Failure(
          .input,
          "Study \(index) has \(study.radiographs.count) images and a report of "
            + "\(report.count) bytes; a store takes up to 65535 images and 4 GiB.")
      }
      try report.withUnsafeBytes { try file.write($0) }
      records.append(
        StoredStudy(
          text: UInt64(text), textBytes: textBytes, textCheck: checksum(report),
          firstImage: UInt64(image), images: UInt32(images),
          split: UInt8(StudySplit.allCases.firstIndex(of: study.split) ?? 0), usable: 0))
      text += report.count
      image += study.radiographs.count
      for name in [study.identifier, study.patient, study.split.rawValue] { add(name) }
      hash.update(data: Data(report))
      for (number, radiograph) in study.radiographs.enumerated() {
        let stamp: FileStamp?
        do throws(DiskFault) {
          stamp = try FileStamp.of(radiograph.file)
        } catch {
          throw Failure(
            .file, "The image cannot be examined: \(String(cString: strerror(error.number))).",
            remedy: "See that the folders may be read, and the system's log."
          ).within("study \(index): image \(number + 1)")
        }
        if stamp == nil { missing.add(number, study, index) }
        add(PathName(radiograph.file).last)
        add(radiograph.view)
        for text in [radiograph.file, stamp?.text ?? ""] {
          all.add(text)
          part.add(text)
        }
      }
    }
    if source.count > 0 { stamps.append(part.text) }
    if let failure = missing.failure { throw failure }
    reports = StoreHead.File(bytes: text, sha256: try file.finish(as: path))
    digest = hexadecimal(hash.finalize())
    all.add(digest)
    stamp = all.text
    chunkStamps = stamps
  }

  /// Images that are not where their source says.
  private struct Missing {
    private var count = 0
    private var first = ""

    mutating func add(_ number: Int, _ study: Study, _ index: Int) {
      count += 1
      if count > 1 { return }
      let place = study.place.isEmpty ? "" : " (\(study.place))"
      first = "image \(number + 1) of study \(index)\(place)"
    }

    var failure: Failure? {
      guard count > 0 else { return nil }
      return Failure(
        .input,
        count == 1
          ? "1 image is missing, \(first)." : "\(count) images are missing, first \(first).",
        remedy: "Check the paths; those of a manifest are relative to its folder.")
    }
  }
}

extension PrivateFile {
  /// Creates the file that ``finish(as:)`` puts in the place of `path`.
  convenience init(replacing path: String) throws {
    let aside = path + ".partial"
    guard unlink(aside) == 0 || errno == ENOENT else {
      throw Failure.system("remove", aside, errno)
    }
    try self.init(creating: aside)
  }

  /// Brings the file to the disk and to its name, replacing at one instant what had it.
  ///
  /// - Returns: the SHA-256 of all that was written, in hexadecimal.
  func finish(as path: String) throws -> String {
    let digest = try finish()
    try Folder.rename(self.path, to: path)
    return digest
  }
}
