import Foundation

/// The requests in flight of a ``StudyLoader``, shared by its workers and its caller.
///
/// All state is guarded by one condition. A worker takes one study at a time, of the oldest request
/// that has any left, so that requests are finished in their order.
final class LoadQueue: @unchecked Sendable {
  private final class Entry {
    let request: LoadRequest
    var results: [Result<PreparedStudy, any Error>?]
    var begun = 0
    var finished = 0

    init(_ request: LoadRequest) {
      self.request = request
      results = Array(repeating: nil, count: request.studies.count)
    }

    var isComplete: Bool { finished == results.count }
  }

  private let condition = NSCondition()
  private let depth: Int
  private let nextRequest: () -> LoadRequest?
  private var entries: [Entry] = []
  private var isExhausted = false
  private var isStopped = false

  init(depth: Int, nextRequest: @escaping () -> LoadRequest?) {
    self.depth = depth
    self.nextRequest = nextRequest
  }

  /// Prepares studies until there are no more requests or the queue is stopped.
  func work(_ preparer: StudyPreparer) {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped {
      if let (entry, position) = nextStudy() {
        finish(entry, position, preparer)
      } else if isExhausted {
        return
      } else {
        condition.wait()
      }
    }
  }

  /// Prepares the studies of one request in the calling thread.
  func workOnce(_ preparer: StudyPreparer) {
    condition.lock()
    defer { condition.unlock() }
    while let (entry, position) = nextStudy() { finish(entry, position, preparer) }
  }

  /// Waits for the oldest request and removes it; nil after the last.
  func take() throws -> [PreparedStudy]? {
    condition.lock()
    defer { condition.unlock() }
    fill()
    guard let entry = entries.first else { return nil }
    while !entry.isComplete { condition.wait() }
    entries.removeFirst()
    condition.broadcast()
    return try entry.results.compactMap { try $0?.get() }
  }

  /// Lets all workers end after the study they are at.
  func stop() {
    condition.lock()
    isStopped = true
    condition.broadcast()
    condition.unlock()
  }

  // MARK: With the condition locked

  private func fill() {
    while !isExhausted, entries.count < depth {
      guard let request = nextRequest() else {
        isExhausted = true
        condition.broadcast()
        return
      }
      entries.append(Entry(request))
      condition.broadcast()
    }
  }

  private func nextStudy() -> (Entry, Int)? {
    fill()
    for entry in entries where entry.begun < entry.results.count {
      entry.begun += 1
      return (entry, entry.begun - 1)
    }
    return nil
  }

  /// Prepares one study with the condition unlocked meanwhile.
  private func finish(_ entry: Entry, _ position: Int, _ preparer: StudyPreparer) {
    let request = entry.request
    condition.unlock()
    let result = Result {
      try preparer.prepare(
        request.studies[position], epoch: request.epoch, training: request.training)
    }
    condition.lock()
    entry.results[position] = result
    entry.finished += 1
    if entry.isComplete { condition.broadcast() }
  }
}
