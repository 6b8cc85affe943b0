import Diagnostics
import Foundation

/// Makes a ``StudyStore`` of any source of studies; its bytes depend on the source (with the seed
/// that splits it, where it has no split) and the size alone, not on the number of workers, nor on
/// how often it was interrupted.
///
/// The reports are written first. Images follow in chunks of studies, in any order and at places
/// known before; each chunk that is on the disk leaves a file in `store.unfinished/`, and a writer that
/// goes on leaves it out, unless the image files have changed. The head is written last.
public struct StoreWriter: Sendable {
  public let directory: String
  let source: any StudySource
  let size: Int
  /// Studies in a chunk: what is lost at most when the program is killed, for each worker.
  let chunk: Int

  /// - Parameters:
  ///   - size: the side of every image, in pixels.
  ///   - chunk: studies after which an interrupted writer can go on; where nil, 64, or so many that
  ///     there are a dozen chunks for the workers to share.
  public init(
    _ source: any StudySource, to directory: String, size: Int = 256, chunk: Int? = nil
  ) {
    self.source = source
    self.size = size
    self.chunk = max(1, chunk ?? min(64, source.count / 12))
    var path = directory
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.directory = path
  }

  /// Writes the store, or what an interrupted writer has left of it.
  ///
  /// A finished store is left as it is where it is whole and of the same files, else made anew.
  ///
  /// - Parameters:
  ///   - workers: threads that decode.
  ///   - progress: called with the studies done and all of them, from any thread.
  ///   - notice: called with what a person should know of a store that is there already.
  /// - Returns: the report, as it is in the store.
  /// - Throws: `Failure` for a folder that holds other files, and where reading or writing fails.
  public func write(
    workers: Int, progress: (@Sendable (Int, Int) -> Void)? = nil,
    notice: ((String) -> Void)? = nil
  ) throws -> PreparationReport {
    try checkPlace()
    try Folder.create(directory)
    let lock = try StoreLock(directory)
    defer { lock.release() }
    // Another writer may have finished it before this one had the lock.
    if Folder.size(ofFile: path(StoreFile.head)) != nil {
      if let report = try present(notice) { return report }
      try discard()
    }
    let unfinished = path(StoreFile.unfinished)
    try Folder.create(unfinished)
    let input = try StoreInput(
      source, size: size, chunk: chunk, reports: path(StoreFile.reports))
    let job = Job(format: StoreHead.format, version: StoreHead.version, input: input.digest)
    try job.claim(unfinished + "/job.json", chunk: chunk)
    let chunks = try fill(input, workers: workers, progress: progress)
    let report = try finish(input, chunks)
    try Folder.remove(unfinished)
    return report
  }

  func path(_ name: String) -> String { directory + "/" + name }

  /// Only an empty folder, or a store, may be written to.
  private func checkPlace() throws {
    let names = try Folder.names(in: directory)
    guard names.isEmpty || StudyStore.isStore(directory) && names.allSatisfy(StoreFile.isOwn) else {
      throw Failure(
        .file, "\(directory) holds other files.",
        remedy: "Choose a new or empty folder with --output.")
    }
  }

  /// What an unfinished store is going to be.
  private struct Job: Codable, Equatable {
    let format: String
    let version: Int
    let input: String
    var chunk = 0

    /// Writes the job down, or finds the same there.
    func claim(_ path: String, chunk: Int) throws {
      var job = self
      job.chunk = chunk
      if let bytes = FileManager.default.contents(atPath: path) {
        guard let present = try? JSONDecoder().decode(Job.self, from: bytes), present == job else {
          throw Failure(
            .file,
            "The folder holds an unfinished store of other data, of another size, or of "
              + "another version of the program.",
            remedy: "Choose another folder with --output, or remove this one.")
        }
        return
      }
      try PrivateFile.write(try orderedJSON(job), to: path)
    }
  }
}

/// Keeps a second writer out of a folder for as long as the process lives.
private final class StoreLock {
  private var descriptor: CInt

  init(_ path: String) throws {
    descriptor = retryingInterrupts { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw Failure.system("open", path, errno) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
    let number = errno
    close(descriptor)
    descriptor = -1
    // A file system without locks has none to respect.
    guard number == EWOULDBLOCK else { return }
    throw Failure(
      .file, "Another `prepare` is writing to \(path).", remedy: "Wait until it has ended.")
  }

  func release() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  deinit { release() }
}
