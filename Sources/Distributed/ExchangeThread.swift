import Diagnostics
import Dispatch
import Foundation

/// Drives ``ExchangeLanes`` on a thread of its own, because MPI moves nothing unless it is called.
///
/// While the caller computes, the thread sleeps between looks; once the caller waits, it presses
/// on. Without a thread everything is done in ``finish()``.
final class ExchangeThread<Element: MPISummable>: @unchecked Sendable {
  private let communicator: Communicator
  /// The thread's alone from ``submit(_:)`` until all is idle.
  private let lanes: ExchangeLanes<Element>
  private let hasThread: Bool
  private let end = DispatchGroup()

  /// Guards what follows.
  private let condition = NSCondition()
  private var submitted: [Range<Int>] = []
  private var isIdle = true
  private var isAwaited = false
  private var isStopped = false
  private var failure: (any Error)?
  private var report = ExchangeReport()

  init(_ communicator: Communicator, lanes: ExchangeLanes<Element>, hasThread: Bool) {
    self.communicator = communicator
    self.lanes = lanes
    self.hasThread = hasThread
    if hasThread {
      DispatchQueue(label: "exchange").async(group: end) { self.run() }
    }
  }

  /// Ends the thread, whatever is under way.
  func stop() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
    }
    end.wait()
  }

  /// Begins a round; the one before must have been finished.
  func begin(_ partials: [UnsafeMutablePointer<Element>]) throws {
    try condition.withLock {
      if let failure { throw failure }
      guard isIdle, submitted.isEmpty else {
        throw Failure(
          .communication, "A tree sum begins before the last one was finished.",
          remedy: "Call finish() after each round.")
      }
      report = ExchangeReport()
      isAwaited = false
      lanes.begin(partials)
    }
  }

  func submit(_ range: Range<Int>) throws {
    try condition.withLock {
      if let failure { throw failure }
      submitted.append(range)
      guard hasThread else { return }
      isIdle = false
      condition.broadcast()
    }
  }

  func finish() throws -> ExchangeReport {
    let start = now()
    condition.lock()
    defer { condition.unlock() }
    isAwaited = true
    if hasThread {
      while !isIdle, failure == nil { condition.wait() }
    } else {
      work()
    }
    if let failure { throw failure }
    report.bytesSent = lanes.bytesSent
    report.pieces = lanes.pieces
    report.exposedSeconds = now() - start
    return report
  }

  private func run() {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, failure == nil {
      if submitted.isEmpty {
        condition.wait()
      } else {
        work()
      }
    }
  }

  /// Moves pieces until none is left; called, and left, with the lock held.
  private func work() {
    var patience = Patience(communicator, call: "the exchange of gradients")
    var last = now()
    while !isStopped {
      for range in submitted { lanes.add(range) }
      submitted.removeAll(keepingCapacity: true)
      if lanes.isIdle { break }
      let isPressing = isAwaited
      condition.unlock()
      let outcome = Result { try advance(&patience, isPressing: isPressing) }
      condition.lock()
      let time = now()
      report.busySeconds += time - last
      if !isPressing { report.overlappedSeconds += time - last }
      last = time
      if case .failure(let error) = outcome {
        failure = error
        break
      }
    }
    isIdle = true
    condition.broadcast()
  }

  private func advance(_ patience: inout Patience, isPressing: Bool) throws {
    if try lanes.advance() {
      patience.renew()
    } else {
      try patience.pause(for: lanes.peers, isPressing: isPressing)
    }
  }
}
