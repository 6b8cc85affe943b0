import Distributed
import TestSupport
import XCTest

final class CoreShareTests: XCTestCase {
  private func share(
    _ own: Set<Int>, _ ranks: [Set<Int>], host: Int, configured: Int = 0
  ) -> CoreShare {
    CoreShare(own: own, ranks: ranks, hostCores: host, configured: configured)
  }

  func testARankBoundAloneHasItsCores() {
    let good = CoreShare(own: [0, 1], ranks: [[0, 1], [2, 3]], hostCores: 4)
    XCTAssertEqual(good.threads, 2)
    XCTAssertNil(good.warning)
    XCTAssertNil(share([0, 1], [[0, 1]], host: 2).warning)
  }

  func testRanksOfOneSetShareIt() {
    withEvery("ranks", 1...4) { ranks in
      let all = Set(0..<8)
      let own = share(all, Array(repeating: all, count: ranks), host: 8)
      expectEqual(own.threads, 8 / ranks)
      expectEqual(own.warning, nil)
    }
    // More ranks than cores of the host: slow, and nothing that a binding would mend.
    let crowd = share([0, 1], Array(repeating: [0, 1], count: 4), host: 2)
    XCTAssertEqual(crowd.threads, 1)
    XCTAssertNil(crowd.warning)
    // Sets that overlap in part.
    XCTAssertEqual(share([0, 1, 2, 3], [[0, 1, 2, 3], [2, 3, 4, 5]], host: 6).threads, 3)
  }

  func testOneCoreOfManyIsWarnedOf() throws {
    let two = try XCTUnwrap(share([0], [[0], [1]], host: 16).warning)
    XCTAssert(two.contains("bound to one core, while its host has 16 for 2 ranks"), two)
    XCTAssert(two.contains("--map-by slot:PE="), two)
    XCTAssert(two.contains("--bind-to none"), two)
    XCTAssert(two.contains("--cpus-per-task"), two)
    XCTAssertNotNil(share([0], [[0]], host: 2).warning)
    XCTAssertNil(share([0], [[0], [1]], host: 2).warning)
    XCTAssertNil(share([0], [[0]], host: 1).warning)
  }

  func testThreadsBeyondTheCoresAreWarnedOf() throws {
    let bound = share([0], [[0], [1]], host: 2, configured: 4)
    XCTAssertEqual(bound.threads, 4)
    let warning = try XCTUnwrap(bound.warning)
    XCTAssert(warning.contains("4 threads of a rank share one core"), warning)
    XCTAssert(warning.contains("--map-by slot:PE=4"), warning)
    let crowd = share([0, 1, 2, 3], [[0, 1, 2, 3], [0, 1, 2, 3]], host: 4, configured: 4)
    XCTAssert(crowd.warning?.hasPrefix("2 ranks with 4 threads each share 4 cores") == true)
    XCTAssertNil(share([0, 1], [[0, 1]], host: 2, configured: 2).warning)
    XCTAssertNil(share([0, 1], [[0, 1]], host: 2, configured: 1).warning)
  }

  func testRanksOnTheSameCoreWhileOthersIdle() throws {
    let ranks = Array(repeating: Set([0, 1]), count: 3)
    let warning = try XCTUnwrap(share([0, 1], ranks, host: 8).warning)
    XCTAssert(warning.contains("3 ranks share 2 cores, while their host has 8"), warning)
  }

  func testThisProcessHasCores() {
    XCTAssertFalse(Affinity.cores.isEmpty)
    XCTAssertLessThanOrEqual(Affinity.cores.count, Affinity.coresOfHost)
  }
}
