import Diagnostics
import Dispatch
import Foundation

/// Writes a synthetic set in the layout of MIMIC-CXR-JPG.
///
/// ```
/// files/p10/p10000032/s50414267/<name>.jpg   256 x 256 gray JPEG, quality 90
/// files/p10/p10000032/s50414267.txt          the report
/// mimic-cxr-2.0.0-metadata.csv.gz            also -split and -chexpert
/// boxes.csv                                  dicom_id,finding,x,y,w,h
/// synthetic.json                             the marker of a whole set
/// ```
/// The bytes depend on the set alone, not on the number of workers or parts. All is written into a
/// folder beside the one asked for, which takes its place in ``finish()``; a set without its marker
/// is not whole.
public struct SyntheticStudyWriter: Sendable {
  public let set: SyntheticStudySet
  public let directory: String
  private let token: String

  static let marker = "synthetic.json"
  static let quality = 90

  /// - Parameter token: tells apart writers of the same set at the same time; the same for all parts
  ///   of one.
  public init(_ set: SyntheticStudySet, to directory: String, token: String = "") {
    self.set = set
    self.token = token
    var path = directory
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.directory = path
  }

  /// The content of the marker: what the set is a function of.
  var markerText: String {
    """
    {
      "generator": "refers-mpi synthesize",
      "version": \(SyntheticStudySet.generatorVersion),
      "seed": \(set.studies.seed),
      "train": \(set.train),
      "validate": \(set.validate),
      "test": \(set.test)
    }

    """
  }

  /// The folder beside the final one; the same for every part of the same set.
  var partial: String {
    directory + ".partial-\(SyntheticStudySet.generatorVersion)-\(set.studies.seed)"
      + "-\(set.train)-\(set.validate)-\(set.test)" + (token.isEmpty ? "" : "-\(token)")
  }

  /// Whether this very set lies whole in the directory.
  public var isComplete: Bool {
    let text = try? String(contentsOfFile: directory + "/" + Self.marker, encoding: .utf8)
    return text == markerText
  }

  /// Writes every `parts`-th study from `part` on; part 0 writes the tables too.
  ///
  /// After all parts have returned, one caller finishes with ``finish()``.
  ///
  /// - Parameters:
  ///   - workers: threads of this part.
  ///   - progress: called from any thread, one call at a time, with the studies done by this part.
  /// - Throws: ``Failure`` of code `file` where the directory holds something else or a file cannot
  ///   be written.
  public func write(
    workers: Int = 1, part: Int = 0, of parts: Int = 1, progress: ((Int) -> Void)? = nil
  ) throws {
    try checkPlace()
    try SyntheticFiles.makeFolder(partial)
    let mine = Array(stride(from: part, to: set.entries.count, by: max(1, parts)))
    let state = WriterState(progress)
    DispatchQueue.concurrentPerform(iterations: max(1, workers)) { worker in
      for k in stride(from: worker, to: mine.count, by: max(1, workers)) {
        guard state.isGoing else { return }
        do {
          try writeStudy(set.entries[mine[k]])
          state.count()
        } catch {
          state.fail(error)
        }
      }
    }
    if let error = state.error { throw error }
    if part == 0 { try writeTables() }
  }

  /// Puts the written set in its place, the marker last; where another writer was faster with the
  /// same set, that one stays.
  public func finish() throws {
    try checkPlace()
    try SyntheticFiles.write(Data(markerText.utf8), partial + "/" + Self.marker)
    // What may be there besides is an empty folder.
    _ = rmdir(directory)
    do {
      try FileManager.default.moveItem(atPath: partial, toPath: directory)
    } catch {
      if isComplete { return try Folder.remove(partial) }
      throw Failure(
        .file, "Cannot move the synthetic set to \(directory).",
        remedy: "Check the rights of the folder it lies in.", cause: error)
    }
  }

  /// Only an empty folder, or this very set and nothing else, may be replaced.
  private func checkPlace() throws {
    let files = FileManager.default
    guard files.fileExists(atPath: directory) else { return }
    let content = (try? files.contentsOfDirectory(atPath: directory)) ?? ["?"]
    let own = content.allSatisfy {
      ["files", "boxes.csv", Self.marker].contains($0) || $0.hasPrefix("mimic-cxr-2.0.0-")
    }
    guard content.isEmpty || isComplete && own else {
      throw Failure(
        .file, "\(directory) holds other files, or another synthetic set.",
        remedy: "Choose a new or empty folder, or remove this one.")
    }
  }

  private func writeStudy(_ entry: SyntheticStudySet.Entry) throws {
    let study = set.studies.study(at: entry.index)
    let folder = partial + "/" + entry.folder
    try SyntheticFiles.makeFolder(folder)
    for k in study.views.indices {
      let image = set.studies.render(study, radiograph: k)
      let data = try SyntheticFiles.jpeg(
        image.pixels, side: SyntheticRadiograph.side, quality: Self.quality)
      try SyntheticFiles.write(data, folder + "/" + set.radiographName(entry, k) + ".jpg")
    }
    try SyntheticFiles.write(
      Data(study.report.document.utf8), partial + "/" + entry.reportFile)
  }
}

/// What the threads of a writer share.
private final class WriterState: @unchecked Sendable {
  private let lock = NSLock()
  private var done = 0
  private var failure: (any Error)?
  private let progress: ((Int) -> Void)?

  init(_ progress: ((Int) -> Void)?) { self.progress = progress }

  var error: (any Error)? { lock.withLock { failure } }
  var isGoing: Bool { lock.withLock { failure == nil } }

  func fail(_ error: any Error) { lock.withLock { failure = failure ?? error } }

  func count() {
    lock.withLock {
      done += 1
      progress?(done)
    }
  }
}
