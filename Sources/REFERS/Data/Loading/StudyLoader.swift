import Diagnostics

/// Prepares studies ahead of the step that needs them, in background threads.
///
/// Requests are answered in their order. At most `depth` of them are prepared or being prepared
/// beyond the one taken last, which bounds memory. The studies returned do not depend on the number
/// of workers.
///
/// ```swift
/// let loader = try StudyLoader(preparer: preparer, requests: requests, workers: 2, depth: 2)
/// while let studies = try loader.next() { ... }
/// ```
///
/// One thread calls ``next()``. Letting go of the loader stops its workers and waits for them; each
/// ends with the study it is at.
public final class StudyLoader {
  private let queue: LoadQueue
  private let preparer: StudyPreparer
  private let workers: [Worker]

  /// A loader over a sequence of requests, which is read as the loader goes.
  ///
  /// - Parameters:
  ///   - workers: background threads; 0 prepares in ``next()`` itself.
  ///   - depth: requests prepared ahead, at least 1.
  /// - Throws: `Failure(.memory)` where a thread cannot be made.
  public init(
    preparer: StudyPreparer, requests: some Sequence<LoadRequest>, workers: Int, depth: Int
  ) throws {
    var iterator = requests.makeIterator()
    let queue = LoadQueue(depth: workers > 0 ? max(1, depth) : 1) { iterator.next() }
    self.queue = queue
    self.preparer = preparer
    var started: [Worker] = []
    do {
      for _ in 0..<max(0, workers) {
        started.append(try Worker { queue.work(preparer) })
      }
    } catch {
      queue.stop()
      for worker in started { worker.join() }
      throw error
    }
    self.workers = started
  }

  deinit {
    queue.stop()
    for worker in workers { worker.join() }
  }

  /// The studies of the next request in its order; nil after the last.
  ///
  /// - Throws: the failure of the first study of the request that could not be prepared. The loader
  ///   goes on with the next request after that.
  public func next() throws -> [PreparedStudy]? {
    if workers.isEmpty { queue.workOnce(preparer) }
    return try queue.take()
  }
}
