import Foundation
import REFERS
import TestSupport
import XCTest

/// Runs that are killed with SIGKILL at random moments and resumed, here on other numbers of ranks
/// and threads, end with the bytes of the run that nothing disturbed.
final class KilledRunTests: XCTestCase {
  private static let runs = 20

  func testTwentyKilledRunsEndWithTheSameBytes() throws {
    let fixture = try ResumeFixture()
    let began = Date()
    let whole = try fixture.finish("whole", ResumeFixture.flags, ranks: 2)
    XCTAssertEqual(whole.status, 0, whole.report)
    let wanted = Wanted(
      seconds: Date().timeIntervalSince(began), digest: try fixture.digest("whole"),
      links: try fixture.links("whole"), metrics: try fixture.metrics("whole"))

    let seed =
      ProcessInfo.processInfo.environment["REFERS_TEST_SEED"].flatMap { UInt64($0) }
      ?? UInt64.random(in: 1...1_000_000)
    var random = SplitMix(state: seed)
    var killed = 0
    for run in 0..<Self.runs {
      let name = "run-\(run)"
      let note = "REFERS_TEST_SEED=\(seed), run \(run)"
      killed += try disturb(fixture, name, run, &random, seconds: wanted.seconds, note) ? 1 : 0
      // Every fourth is killed a second time while it is resumed.
      if run % 4 == 3 {
        _ = try disturb(fixture, name, run, &random, seconds: wanted.seconds, note)
      }
      let result = try resume(fixture, name, run, &random)
      XCTAssertEqual(result.status, 0, "\(note)\n\(result.report)")
      XCTAssertEqual(try fixture.digest(name), wanted.digest, note)
      XCTAssertEqual(try fixture.links(name), wanted.links, note)
      XCTAssertEqual(try fixture.metrics(name), wanted.metrics, note)
      try FileManager.default.removeItem(atPath: fixture.output(name))
    }
    XCTAssertGreaterThan(killed, Self.runs / 2, "Too few runs were killed before their end.")
  }

  private struct Wanted {
    let seconds: Double
    let digest: String
    let links: [String]
    let metrics: [String]
  }

  /// Starts or resumes a run and kills one rank of it, or mpirun, at a random moment; returns whether
  /// it was still running.
  private func disturb(
    _ fixture: ResumeFixture, _ name: String, _ run: Int, _ random: inout SplitMix,
    seconds: Double, _ note: String
  ) throws -> Bool {
    let ranks = [2, 1, 2, 4][run % 4]
    let running = try fixture.start(name, arguments(&random) + ["--resume"], ranks: ranks)
    if run % 3 == 0 {
      Thread.sleep(forTimeInterval: random.uniform() * seconds)
    } else {
      // At a step or between two, where saving takes most of the time.
      let lines = fixture.lines(name) + random.below(ResumeFixture.steps)
      while running.isRunning, fixture.lines(name) < lines { usleep(2_000) }
      usleep(UInt32(random.below(40_000)))
    }
    let children = ranks > 1 ? running.children : []
    guard running.isRunning else {
      let result = try running.wait()
      XCTAssertEqual(result.status, 0, "\(note)\n\(result.report)")
      return false
    }
    if run % 2 == 0, !children.isEmpty {
      kill(children[random.below(children.count)], SIGKILL)
    } else {
      kill(running.identifier, SIGKILL)
    }
    let result = try running.wait(timeout: 30)
    XCTAssertFalse(result.timedOut, "\(note): the run hangs.\n\(result.report)")
    // Ranks without their mpirun end by themselves.
    let deadline = Date() + 30
    while children.contains(where: RunningProgram.runs), Date() < deadline { usleep(10_000) }
    XCTAssertFalse(children.contains(where: RunningProgram.runs), "\(note): a rank lives on.")
    return result.status != 0
  }

  /// Resumes to the end, with all flags or with none.
  private func resume(
    _ fixture: ResumeFixture, _ name: String, _ run: Int, _ random: inout SplitMix
  ) throws -> ProgramResult {
    let bare = try run % 2 == 1 && fixture.hasCheckpoint(name)
    return try fixture.finish(
      name, (bare ? [] : arguments(&random)) + ["--resume"], ranks: [1, 2, 4, 2][random.below(4)])
  }

  private func arguments(_ random: inout SplitMix) -> [String] {
    ResumeFixture.flags + ["--threads", String(1 + random.below(2))]
  }
}

/// Random numbers that a failing test can be repeated with.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
