import Diagnostics
import Foundation

/// Makes a ``StudyStore`` of any source of studies; its bytes depend on the source and the size
/// alone, not on the number of workers, nor on how often it was interrupted.
///
/// The reports are written first. Images follow in chunks of studies, in any order and at places
/// known before; each chunk that is on the disk leaves a file in `store.unfinished/`, and a writer that
/// goes on leaves it out. The head is written last.
public struct StoreWriter: Sendable {
  public let directory: String
  let source: any StudySource
  let size: Int
  /// Studies in a chunk: what is lost at most when the program is killed, for each worker.
  let chunk: Int

  /// - Parameters:
  ///   - size: the side of every image, in pixels.
  ///   - chunk: studies after which an interrupted writer can go on.
  public init(
    _ source: any StudySource, to directory: String, size: Int = 256, chunk: Int = 64
  ) {
    self.source = source
    self.size = size
    self.chunk = max(1, chunk)
    var path = directory
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.directory = path
  }

  /// Writes the store, or what an interrupted writer has left of it.
  ///
  /// - Parameters:
  ///   - workers: threads that decode.
  ///   - progress: called with the studies done and all of them, from any thread.
  /// - Returns: the report, as it is in the store.
  /// - Throws: `Failure` for a folder that holds other files, and where reading or writing fails.
  public func write(
    workers: Int, progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws -> PreparationReport {
    try checkPlace()
    let unfinished = path(StoreFile.unfinished)
    let isFinished = Folder.size(ofFile: path(StoreFile.head)) != nil
    if !isFinished { try Folder.create(unfinished) }
    let lock = try StoreLock(directory)
    defer { lock.release() }
    if isFinished { return try finished() }
    let input = try StoreInput(source, size: size, reports: path(StoreFile.reports))
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

  /// The report of a store that is there already, if it is the one asked for.
  private func finished() throws -> PreparationReport {
    let head = try StoreHead(directory: directory)
    let aside = path(StoreFile.unfinished)
    // What was left by a writer that was killed at its very end.
    if FileManager.default.fileExists(atPath: aside) { try Folder.remove(aside) }
    try Folder.create(aside)
    let input = Result { try StoreInput(source, size: size, reports: aside + "/reports.txt") }
    try Folder.remove(aside)
    guard try input.get().digest == head.input else {
      throw Failure(
        .file, "\(directory) is a finished store of other data, or of another size.",
        remedy: "Choose another folder with --output, or remove this one.")
    }
    return try PreparationReport(contentsOf: path(StoreFile.reportData))
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
