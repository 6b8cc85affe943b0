import Diagnostics
import Foundation
import REFERS
import XCTest

final class StopTests: XCTestCase {
  private let start = ContinuousClock.now

  func testTheFormsOfATimeLimit() throws {
    let seconds = [
      "1": 60, "90": 5_400, "0:30": 30, "90:00": 5_400, "1:30:00": 5_400, "30:00:00": 108_000,
      "2-12": 216_000, "0-0:05": 300, "1-00:00:01": 86_401, "007": 420,
    ]
    for (text, value) in seconds { XCTAssertEqual(try TimeLimit.seconds(text), value, text) }
  }

  func testWhatIsNoTimeLimit() {
    let texts = [
      "", "0", "0:00", "-5", "5m", "1:60", "1:60:00", "1-24", "1-0:60", "1:2:3:4", "1-", "-", ":5",
      "5:", "1-2-3", "1.5", " 5", "+5", "٣", "9999999999", "UNLIMITED",
    ]
    for text in texts {
      XCTAssertThrowsError(try TimeLimit.seconds(text), text) {
        XCTAssertTrue("\($0)".contains("`\(text)` is not a time limit."), "\($0)")
        XCTAssertTrue("\($0)".contains("D-H:M:S"), "\($0)")
      }
    }
  }

  func testTheEarlierLimitCounts() throws {
    let job = TimeLimit(end: start + .seconds(100))
    let end = { try TimeLimit.ofRun(option: $0, start: self.start, job: $1)?.end }
    XCTAssertEqual(try end("1", job), start + .seconds(60))
    XCTAssertEqual(try end("2", job), job.end)
    XCTAssertEqual(try end("2", nil), start + .seconds(120))
    XCTAssertEqual(try end(nil, job), job.end)
    XCTAssertNil(try end(nil, nil))
  }

  func testNearIsTwoStepsTwoSavesAndTenSeconds() {
    let limit = TimeLimit(end: start + .seconds(100))
    let isNear = { limit.isNear(now: self.start + .seconds($0), stepSeconds: 5, saveSeconds: 3) }
    XCTAssertFalse(isNear(74.0))
    XCTAssertTrue(isNear(74.1))
    XCTAssertTrue(isNear(200))
  }

  func testALongStepIsRememberedForAWhile() {
    var request = StopRequest(limit: TimeLimit(end: start + .seconds(100)), signal: { nil })
    let check = { (step: Double, at: Double) in
      request.check(stepSeconds: step, saveSeconds: 0, now: self.start + .seconds(at))
    }
    XCTAssertNil(check(20, 20))
    XCTAssertNil(check(1, 21))
    XCTAssertEqual(check(1, 60), .timeLimit, "steps of 20 seconds may come again")
    for _ in 0..<200 { _ = check(1, 0) }
    XCTAssertNil(check(1, 60))
  }

  func testASignalComesBeforeTheTimeLimit() {
    var number: Int32?
    var request = StopRequest(limit: TimeLimit(end: start), signal: { number })
    XCTAssertEqual(request.check(stepSeconds: 0, saveSeconds: 0), .timeLimit)
    number = SIGUSR1
    XCTAssertEqual(request.check(stepSeconds: 0, saveSeconds: 0), .signal(SIGUSR1))
    var unlimited = StopRequest(limit: nil, signal: { nil })
    XCTAssertNil(unlimited.check(stepSeconds: 1e9, saveSeconds: 1e9))
  }

  func testReasonsPassBetweenRanks() {
    for reason in [StopReason.timeLimit, .signal(SIGUSR1), .signal(SIGTERM)] {
      XCTAssertEqual(StopReason(code: reason.code), reason)
    }
    XCTAssertNil(StopReason(code: 0))
    XCTAssertEqual("\(StopReason.signal(SIGTERM))", "SIGTERM")
  }

  func testTheEndOfASlurmJob() throws {
    let now = Date()
    let end = { (values: [String: String]) in
      TimeLimit.ofSlurmJob(variable: { values[$0] }, now: now)?.end
    }
    XCTAssertNil(end([:]))
    XCTAssertNil(end(["SLURM_JOB_END_TIME": "\(now.timeIntervalSince1970 + 60)"]), "no job")
    let job = ["SLURM_JOB_ID": "7"]
    let known = job.merging(["SLURM_JOB_END_TIME": "\(Int(now.timeIntervalSince1970) + 60)"]) { $1 }
    let left = ContinuousClock.now.duration(to: try XCTUnwrap(end(known)))
    XCTAssertTrue(left > .seconds(50) && left <= .seconds(60), "\(left)")
  }
}
