import Foundation
import REFERS
import XCTest

final class PresetTests: XCTestCase {
  func testSizes() {
    let tiny = Configuration.named(.tiny)
    XCTAssertEqual(tiny.image, .init(resize: 146, crop: 128))
    XCTAssertEqual(tiny.model.radiograph.width, 192)
    XCTAssertEqual(tiny.model.radiograph.blocks, 6)
    XCTAssertEqual(tiny.model.textEncoder.layers, 2)
    XCTAssertEqual(tiny.model.decoder.width, 192)
    XCTAssertEqual(tiny.text.vocabularySize, 2_000)
    let small = Configuration.named(.small)
    XCTAssertEqual(small.image, .init(resize: 256, crop: 224))
    XCTAssertEqual(small.model.radiograph.width, 384)
    XCTAssertEqual(small.model.radiograph.blocks, 12)
    XCTAssertEqual(small.model.textEncoder.layers, 6)
    XCTAssertEqual(small.model.decoder.width, 512)
    for preset in Configuration.Preset.allCases {
      let configuration = Configuration.named(preset)
      XCTAssertEqual(configuration.shards, 8)
      XCTAssertEqual(configuration.training.batch, 32)
      XCTAssertEqual(configuration.model.radiograph.mlp, configuration.model.radiograph.width * 4)
      XCTAssertEqual(configuration.model.textEncoder.mlp, configuration.model.textEncoder.width * 4)
      XCTAssertEqual(configuration.model.decoder.mlp, configuration.model.decoder.width * 4)
    }
  }

  func testPositionsCountBesidePatchesFromTheStart() throws {
    for (preset, deviation) in [(Configuration.Preset.tiny, 0.5), (.base, 0.02)] {
      var configuration = Configuration.named(preset)
      XCTAssertEqual(configuration.model.radiograph.positionDeviation, deviation)
      configuration.model.radiograph.blocks = 1
      let parameters = ClassifierModel(configuration, classes: 1).parameters
      try parameters.allocate(seed: 1)
      let slice = try XCTUnwrap(
        parameters.slices.first { $0.name.hasSuffix("position_embeddings") })
      let squares = (0..<slice.count).map {
        pow(Double(parameters.values[slice.offset + $0]), 2)
      }
      XCTAssertEqual(
        (squares.reduce(0, +) / Double(slice.count)).squareRoot(), deviation,
        accuracy: 0.05 * deviation)
    }
  }

  func testBaseFollowsThePaper() {
    let base = Configuration.named(.base)
    XCTAssertEqual(base.optimizer.name, .sgd)
    XCTAssertEqual(base.optimizer.learningRate.radiograph, 3e-3)
    XCTAssertEqual(base.optimizer.learningRate.decoder, 3e-4)
    XCTAssertEqual(base.optimizer.warmupSteps, 10_000)
    XCTAssertEqual(base.training.steps, 300_000)
    XCTAssertTrue(base.optimizer.lookahead.enabled)
    XCTAssertEqual(base.optimizer.clipNorm, 10)
  }

  func testThePaperIsTakenLiterally() {
    let paper = Configuration.named(.base, mode: .paper)
    XCTAssertEqual(paper.model.radiograph.activation, .relu)
    XCTAssertEqual(paper.model.radiograph.position, .concatLinear)
    XCTAssertEqual(paper.model.recurrentConcatenation, .concatLinear)
    XCTAssertEqual(paper.model.fusion, .softmaxGlobal)
    XCTAssertEqual(paper.loss.contrast, .imageToText)
    XCTAssertEqual(paper.loss.language, .reportSum)
    XCTAssertEqual(paper.data.validation, .paper)
    XCTAssertEqual(paper.training.batch, 32)
  }

  func testTheCodeIsFollowedInItsDefects() {
    let code = Configuration.named(.base, mode: .code2022)
    XCTAssertEqual(code.model.fusion, .sigmoidPatch)
    XCTAssertEqual(code.model.contrastFeature, .unfused)
    XCTAssertEqual(code.loss.contrast, .code)
    XCTAssertEqual(code.views.sampling, .withReplacement)
    XCTAssertEqual(code.views.repeat, .independent)
    XCTAssertEqual(code.augmentation.form, .code)
    XCTAssertEqual(code.optimizer.decayNorms, .bert)
    XCTAssertEqual(code.optimizer.learningRate.decoder, 3e-3)
    XCTAssertEqual(code.training.batch, 2)
    XCTAssertEqual(code.training.steps, 400_000)
    XCTAssertEqual(code.text.vocabularySize, 28_996)
    XCTAssertEqual(code.text.decoderVocabularySize, 10_000)
    XCTAssertEqual(code.image.resize, 320)
  }

  func testTheOptimizerOfAModeReplacesThatOfAPresetButNotItsDuration() {
    for mode in [Configuration.Mode.paper, .code2022] {
      let tiny = Configuration.named(.tiny, mode: mode)
      XCTAssertEqual(tiny.optimizer.name, .sgd)
      XCTAssertEqual(tiny.optimizer.learningRate.radiograph, 3e-3)
      XCTAssertTrue(tiny.optimizer.lookahead.enabled)
      XCTAssertEqual(tiny.optimizer.warmupSteps, Configuration.named(.tiny).optimizer.warmupSteps)
      XCTAssertEqual(tiny.training, Configuration.named(.tiny).training)
    }
  }
}
