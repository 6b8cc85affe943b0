import Diagnostics
import Distributed
import Foundation
import REFERS
import TestSupport
import XCTest

/// What is saved is what is found and read.
final class ResumePointTests: XCTestCase {
  func testEveryNumberOfModelAndOptimizerComesBack() throws {
    let folder = try TemporaryFolder()
    let saved = try SavedRun(folder.file("run"))
    try saved.save(100, 203)
    let point = try XCTUnwrap(saved.resume().point)
    let other = try SavedRun(folder.file("other"))
    other.fill(step: 7)
    try point.restore(
      into: other.model.parameters, optimizer: other.optimizer, over: try Communicator.world())
    XCTAssertEqual(other.optimizer.counters, OptimizerCounters(updates: 203, age: 3))
    XCTAssertFalse(other.optimizer.weightsAgree)
    let arenas =
      [(saved.model.parameters.values, other.model.parameters.values)]
      + zip(saved.optimizer.states, other.optimizer.states).map { ($0.values, $1.values) }
    XCTAssertEqual(arenas.count, 4)
    for (wanted, found) in arenas {
      XCTAssertEqual(memcmp(wanted, found, saved.model.parameters.count * 4), 0)
    }
    XCTAssertEqual(try point.vocabulary(), try SavedRun.vocabulary)
    XCTAssertNil(try point.decoderVocabulary())
  }

  func testTheStateComesBackAndWhatIsNotThereIsLeftOut() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run"))
    try run.save(5, 6, losses: [5: 0.1 + 0.2], best: 5)
    let state: TrainingState = try run.store.checkpoint(ofStep: 5).state()
    XCTAssertEqual(state.progress.bestLoss, 0.1 + 0.2)
    XCTAssertEqual(state.progress.validation?.total, 0.1 + 0.2)
    XCTAssertTrue(state.weightsAgree)
    XCTAssertEqual(state.configuration, run.configuration)
    let file = run.store.directory + "/step-6/state.json"
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    let object = try XCTUnwrap(JSONSerialization.jsonObject(with: data) as? [String: Any])
    XCTAssertEqual(object["step"] as? Int, 6)
    XCTAssertEqual(object["best_step"] as? Int, 5)
    XCTAssertNil(object["validation"])
    XCTAssertEqual((object["optimizer"] as? [String: Any])?["age"] as? Int, 1)
    XCTAssertEqual((object["build"] as? [String: Any])?["blas_kernel"] as? String, "Haswell")
    XCTAssertEqual(object["data_digest"] as? String, "123")
  }

  func testALossThatIsNotFiniteCanBeSaved() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run"))
    try run.save(5, losses: [5: .nan])
    let state: TrainingState = try run.store.checkpoint(ofStep: 5).state()
    XCTAssertNil(state.progress.validation)
  }

  /// A checkpoint that is as it was written, but not what its name says or not to be read.
  func testAWholeCheckpointThatIsOfNoUseIsPassedOver() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run"))
    try run.save(1, 2)
    let checkpoints = run.store.directory
    try FileManager.default.moveItem(
      atPath: checkpoints + "/step-2", toPath: checkpoints + "/step-9")
    let start = try run.resume()
    XCTAssertEqual(start.point?.state.step, 1)
    XCTAssertTrue(start.notices.contains { $0.contains("step-9 holds the state of step 2") })
  }

  func testAFlippedBitInAnyFileIsFoundAndTheOneBeforeTaken() throws {
    for name in SavedRun.files {
      for place in [0, 0.5, 1] {
        let folder = try TemporaryFolder()
        let run = try SavedRun(folder.file("run"))
        try run.save(1, 2)
        try run.damage(step: 2, name, at: place)
        let start = try run.resume()
        XCTAssertEqual(start.point?.state.step, 1, name)
        let notice = try XCTUnwrap(start.notices.first { $0.contains("passed over") }, name)
        // A damaged list of digests may accuse the file that it no longer fits.
        XCTAssertTrue(notice.contains("/step-2/"), notice)
        if name != "SHA256SUMS" { XCTAssertTrue(notice.contains("/\(name) "), notice) }
        // Whoever names it gets an error, and so does who has nothing else.
        XCTAssertThrowsError(try run.resume(.path(run.store.directory + "/step-2")), name)
        try run.damage(step: 1, name, at: place)
        XCTAssertThrowsError(try run.resume(), name) { error in
          XCTAssertEqual((error as? Failure)?.code, .checkpoint)
          XCTAssertTrue("\(error)".contains("is whole"), "\(error)")
        }
      }
    }
  }

  func testAMissingFileIsDamageToo() throws {
    for name in SavedRun.files {
      let folder = try TemporaryFolder()
      let run = try SavedRun(folder.file("run"))
      try run.save(1, 2)
      try FileManager.default.removeItem(atPath: "\(run.store.directory)/step-2/\(name)")
      XCTAssertEqual(try run.resume().point?.state.step, 1, name)
    }
  }

  func testEveryTensorThatDoesNotFitIsNamedAndNothingIsChanged() throws {
    let folder = try TemporaryFolder()
    let saved = try SavedRun(folder.file("run"))
    try saved.save(9)
    let point = try XCTUnwrap(saved.resume().point)
    let other = try SavedRun(folder.file("other")) {
      $0.model.radiograph.blocks = 1
      $0.model.decoder.layers = 2
      $0.model.textEncoder.mlp = 60
    }
    other.fill(step: 3)
    XCTAssertThrowsError(try point.read(into: other.model.parameters, optimizer: other.optimizer)) {
      error in
      let text = "\(error)"
      XCTAssertTrue(text.contains("missing 'textual.transformer.layers.1."), text)
      XCTAssertTrue(text.contains("not of this model 'visual."), text)
      XCTAssertTrue(text.contains("is F32 [48, 24], not F32 [60, 24]"), text)
    }
    XCTAssertEqual(other.model.parameters.values[0], 3)
    XCTAssertEqual(other.optimizer.counters.updates, 3)
  }

  func testOtherStudiesAreRefused() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run"))
    try run.save(9)
    let point = try XCTUnwrap(run.resume().point)
    XCTAssertNoThrow(try point.requireData(digest: "123"))
    XCTAssertThrowsError(try point.requireData(digest: "124"))
  }

  func testWhatRankZeroDecidedReachesTheOthersAsItIs() throws {
    let folder = try TemporaryFolder()
    let run = try SavedRun(folder.file("run")) { $0.optimizer.learningRate.decoder = 0.1 + 0.2 }
    try run.save(9, losses: [9: 1.0 / 3], best: 9)
    let start = try run.resume()
    let shared = try XCTUnwrap(RunStart(sharing: start, over: try Communicator.world()))
    XCTAssertEqual(shared.configuration, start.configuration)
    XCTAssertEqual(shared.point?.state, start.point?.state)
    XCTAssertNil(try RunStart(sharing: nil, over: try Communicator.world()))
  }
}
