import Synchronization
import Tensors
import TestSupport
import XCTest

final class ThreadTeamTests: XCTestCase {
  func testEveryTaskOnce() {
    withEvery("threads", [0, 1, 2, 3, 7], "tasks", [0, 1, 2, 5, 1000]) { threads, tasks in
      let team = ThreadTeam(count: threads)
      expectEqual(team.count, max(1, threads))
      let taken = Mutex([Int](repeating: 0, count: tasks))
      team.forEach(tasks) { task, worker in
        expect(worker >= 0 && worker < team.count, "worker \(worker)")
        taken.withLock { $0[task] += 1 }
      }
      expect(taken.withLock { $0 }.allSatisfy { $0 == 1 }, "a task is left out or repeated")
    }
  }

  /// A worker is one thread at a time: its scratch memory is its own.
  func testWorkersAreAlone() {
    let team = ThreadTeam(count: 3)
    let busy = Mutex(Set<Int>())
    team.forEach(500) { _, worker in
      let alone = busy.withLock { $0.insert(worker).inserted }
      expect(alone, "worker \(worker) works twice at a time")
      _ = busy.withLock { $0.remove(worker) }
    }
  }

  func testRanges() {
    withEvery("threads", [1, 3], "count", [0, 1, 63, 64, 65, 1000]) { threads, count in
      let ranges = Mutex<[Range<Int>]>([])
      ThreadTeam(count: threads).forEachRange(count, grain: 64) { range in
        ranges.withLock { $0.append(range) }
      }
      let sorted = ranges.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
      expectEqual(sorted.flatMap { Array($0) }, Array(0..<count))
      expect(sorted.dropLast().allSatisfy { $0.count == 64 }, "borders move")
    }
  }
}
