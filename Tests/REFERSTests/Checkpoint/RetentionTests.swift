import Foundation
import REFERS
import TestSupport
import XCTest

/// Which checkpoints stay, and what the links name.
final class RetentionTests: XCTestCase {
  private func run(
    _ folder: TemporaryFolder, keepLast: Int, keepEvery: Int = 0
  ) throws -> SavedRun {
    try SavedRun(folder.file("run")) {
      $0.checkpoint.keepLast = keepLast
      $0.checkpoint.keepEvery = keepEvery
    }
  }

  private func target(_ run: SavedRun, _ link: String) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: run.store.directory + "/" + link)
  }

  func testTheNewestTheBestAndEveryNthStay() throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, keepLast: 2, keepEvery: 40)
    for step in stride(from: 10, through: 100, by: 10) {
      try run.save(step, losses: [20: 0.5], best: step == 20 ? 20 : nil)
    }
    // In order of numbers, not of names.
    XCTAssertEqual(try run.store.steps(), [20, 40, 80, 90, 100])
    XCTAssertEqual(try target(run, "last"), "step-100")
    XCTAssertEqual(try target(run, "best"), "step-20")
    try run.save(110, losses: [110: 0.4], best: 110)
    XCTAssertEqual(try run.store.steps(), [40, 80, 100, 110])
  }

  func testARunThatGoesOnFromAnOlderOneLeavesTheLaterOnesUntilItSaves() throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, keepLast: 3)
    try run.save(10, 20)
    try run.save(30, losses: [30: 0.5], best: 30)
    let start = try run.resume(.path(run.store.directory + "/step-10"))
    try run.saver().resume(from: XCTUnwrap(start.point))
    XCTAssertEqual(try run.store.steps(), [10, 20, 30])
    XCTAssertEqual(try target(run, "last"), "step-10")
    XCTAssertNil(run.store.best)
    try run.save(15)
    XCTAssertEqual(try run.store.steps(), [10, 15])
  }

  func testLinksThatAKilledRunLeftBehindAreMended() throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, keepLast: 3)
    try run.save(10, 20, losses: [10: 0.9], best: 10)
    let files = FileManager.default
    // As if killed between the checkpoint of step 20, the best so far, and its links.
    try run.save(20, losses: [20: 0.5], best: 20)
    for link in ["last", "best"] {
      try files.removeItem(atPath: run.store.directory + "/" + link)
      try files.createSymbolicLink(
        atPath: run.store.directory + "/" + link, withDestinationPath: "step-10")
    }
    let point = try XCTUnwrap(run.resume().point)
    XCTAssertEqual(point.state.step, 20)
    try run.saver().resume(from: point)
    XCTAssertEqual(try target(run, "last"), "step-20")
    XCTAssertEqual(try target(run, "best"), "step-20")
    try files.removeItem(atPath: run.store.directory + "/last")
    XCTAssertEqual(try run.resume().point?.state.step, 20)
  }

  func testABestThatIsNoMoreIsNotNamed() throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, keepLast: 3)
    try run.save(10)
    try run.save(20, losses: [20: 0.5], best: 20)
    try run.damage(step: 20, "model.safetensors")
    let point = try XCTUnwrap(run.resume().point)
    try run.saver().resume(from: point)
    XCTAssertEqual(try target(run, "last"), "step-10")
    XCTAssertNil(run.store.best)
  }
}
