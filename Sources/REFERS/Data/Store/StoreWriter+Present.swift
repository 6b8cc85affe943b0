import Diagnostics
import Foundation

extension StoreWriter {
  /// The report of a finished store that is whole and of the same files; nil where it has to be made
  /// anew, which `notice` is told.
  ///
  /// - Throws: `Failure(.file)` for a store of other data, of another size or version.
  /// - Complexity: reads the reports of the source and the whole store.
  func present(_ notice: ((String) -> Void)?) throws -> PreparationReport? {
    notice?("the store is there already; looking whether it is whole and of the same files")
    let input = try inputAside()
    let origin = StoreOrigin(path: path(StoreFile.origin))
    let isOfSameFiles = origin?.stamp == input.stamp
    do {
      guard try StoreHead(directory: directory).input == input.digest else {
        throw Failure(.file, "\(directory) is a finished store of other data, or of another size.")
      }
    } catch let failure as Failure {
      guard isOfSameFiles else {
        throw Failure(
          .file, failure.message,
          remedy: "Choose another folder with --output, or remove \(directory).",
          cause: failure.cause)
      }
      notice?("warning: store.json is damaged; the store is made anew")
      return nil
    }
    guard let origin, isOfSameFiles else {
      notice?(
        origin == nil
          ? "warning: the store does not say which files it was made of; it is made anew"
          : "warning: image files have changed since the store was made; it is made anew")
      return nil
    }
    if let fault = try fault(origin) {
      notice?("warning: the store is damaged (\(fault)); it is made anew")
      return nil
    }
    return try PreparationReport(contentsOf: path(StoreFile.reportData))
  }

  /// Lets a finished store be an unfinished one of which nothing is there.
  ///
  /// Runs that have the store open keep what they have.
  func discard() throws {
    try Folder.create(path(StoreFile.unfinished))
    for name in [StoreFile.head, StoreFile.images] {
      guard unlink(path(name)) == 0 || errno == ENOENT else {
        throw Failure.system("remove", path(name), errno)
      }
      try Folder.synchronize(directory)
    }
  }

  /// Goes through the source without a change to the store.
  private func inputAside() throws -> StoreInput {
    let aside = path(StoreFile.unfinished)
    // What was left by a writer that was killed at its very end.
    if FileManager.default.fileExists(atPath: aside) { try Folder.remove(aside) }
    try Folder.create(aside)
    let input = Result {
      try StoreInput(source, size: size, chunk: chunk, reports: aside + "/reports.txt")
    }
    try Folder.remove(aside)
    return try input.get()
  }

  /// What is wrong with the files of a finished store; nil where nothing is.
  ///
  /// - Throws: where they cannot be read, which says nothing of what they hold.
  private func fault(_ origin: StoreOrigin) throws -> String? {
    for name in StoreFile.finished where access(path(name), R_OK) != 0 {
      guard errno == ENOENT else { throw Failure.system("read", path(name), errno) }
      return "\(name) is missing"
    }
    let store: StudyStore
    do {
      store = try StudyStore(directory: directory)
    } catch let failure as Failure {
      return failure.message
    }
    let digests = store.head.files.mapValues(\.sha256).merging(origin.files) { head, _ in head }
    for (name, digest) in digests.sorted(by: { precedes($0.key, $1.key) })
    where !digest.isEmpty && StoreFile.finished.contains(name) {
      if try sha256(ofFile: path(name)) != digest { return "\(name) has changed" }
    }
    return try store.imagesAreWhole() ? nil : "\(StoreFile.images) has changed"
  }
}
