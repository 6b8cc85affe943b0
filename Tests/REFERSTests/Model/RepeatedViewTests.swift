import REFERS
import TestSupport
import XCTest

/// A radiograph in several slots is computed once: without dropout that is exact.
final class RepeatedViewTests: XCTestCase {
  func testItEqualsARadiographOfEachSlot() throws {
    let once = SmallModel.studies
    let thrice = once.map { study in
      PreparedStudy(
        index: study.index, key: study.key, images: study.slots.map { study.images[$0] },
        slots: Array(study.slots.indices), encoderTokens: study.encoderTokens,
        decoderTokens: study.decoderTokens)
    }
    for fusion in [Configuration.Model.Fusion.softmaxGlobal, .sigmoidPatch, .sigmoidPatchShared] {
      for recurrent in Configuration.Model.RecurrentConcatenation.allCases {
        var configuration = SmallModel.configuration
        configuration.model.fusion = fusion
        configuration.model.recurrentConcatenation = recurrent
        let (one, other) = (try SmallModel(configuration), try SmallModel(configuration))
        let (own, wanted) = (try one.train(once), try other.train(thrice))
        for (own, wanted) in zip(own.named, wanted.named) {
          XCTAssertLessThan(relativeError(own.value, wanted.value), 1e-5, own.name)
        }
        assertEqualGradients(one, other)
      }
    }
  }

  /// Which radiograph is repeated matters: the test above compares something.
  func testSlotsMatter() throws {
    let model = try SmallModel(SmallModel.configuration)
    let losses = try [[1, 0, 1], [1, 0, 0]].map {
      try model.evaluate([
        SmallModel.study(0, radiographs: [1, 2], slots: $0),
        SmallModel.study(1, radiographs: [3], slots: [0, 0, 0]),
      ]).losses
    }
    XCTAssertGreaterThan(abs((losses[0].contrast ?? 0) - (losses[1].contrast ?? 0)), 1e-6)
  }
}
