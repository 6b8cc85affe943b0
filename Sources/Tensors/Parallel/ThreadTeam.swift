import Dispatch
import Synchronization

/// A fixed number of threads that share out numbered tasks.
///
/// Which thread takes which task is left to chance; what a task computes depends on its number
/// alone, so results never depend on the number of threads. A team of one runs its tasks in place.
public final class ThreadTeam: Sendable {
  public let count: Int
  /// Says what the team's time goes to.
  public let clock = OperationClock()
  /// A team that runs none of its tasks, to find out what else a computation does.
  let isIdle: Bool

  /// A team of `count` threads, the caller included.
  public init(count: Int) {
    self.count = max(1, count)
    isIdle = false
  }

  private init(idle count: Int) {
    self.count = max(1, count)
    isIdle = true
  }

  static func idle(count: Int) -> ThreadTeam { ThreadTeam(idle: count) }

  /// Runs `body(task, worker)` for every task; `worker` is in `0 ..< count` and names the
  /// thread, so that it may use scratch memory of its own.
  ///
  /// - Parameter operation: what the tasks belong to, for the clock.
  public func forEach(
    _ tasks: Int, of operation: StaticString = #function,
    _ body: (_ task: Int, _ worker: Int) -> Void
  ) {
    if isIdle { return }
    clock.time(operation) { share(tasks, body) }
  }

  private func share(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    let workers = min(count, tasks)
    guard workers > 1 else {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while true {
        let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if task >= tasks { break }
        body(task, worker)
      }
    }
  }

  /// Runs `body(range)` over `0 ..< count` cut into pieces of `grain`, the last one smaller.
  public func forEachRange(
    _ count: Int, grain: Int, of operation: StaticString = #function,
    _ body: (Range<Int>) -> Void
  ) {
    forEach((count + grain - 1) / grain, of: operation) { task, _ in
      body(task * grain..<min(count, (task + 1) * grain))
    }
  }
}
