import REFERS
import Tensors
import XCTest

/// `text.freeze_layers`: no update, no decay, and the rest as without it.
final class FrozenLayerTests: XCTestCase {
  private let encoder = "contrastive_bert.text_encoder."

  func testFrozenLayersKeepEveryBitAndTheOthersTheirGradients() throws {
    var configuration = SmallModel.configuration
    configuration.model.textEncoder.layers = 3
    let free = try SmallModel(configuration)
    _ = try free.train(SmallModel.studies)
    for layers in 1...3 {
      configuration.text.freezeLayers = layers
      for name in [Configuration.Optimizer.Name.adamw, .sgd] {
        configuration.optimizer.name = name
        configuration.optimizer.weightDecay = 0.1
        configuration.optimizer.lookahead.enabled = name == .sgd
        let model = try SmallModel(configuration)
        _ = try model.train(SmallModel.studies)
        let before = model.names.map { model[$0] }
        try model.update(configuration.optimizer)
        for (name, old) in zip(model.names, before) {
          let isFrozen =
            name.hasPrefix(encoder + "embeddings.")
            || (0..<layers).contains { name.hasPrefix(encoder + "encoder.layer.\($0).") }
          if isFrozen {
            XCTAssertEqual(model[name], old, name)
            XCTAssertTrue(model.gradient(name).allSatisfy { $0 == 0 }, name)
          } else {
            // The bias of the keys has no gradient but rounding's.
            if name.hasSuffix(".weight") { XCTAssertNotEqual(model[name], old, name) }
            XCTAssertEqual(model.gradient(name), free.gradient(name), name)
          }
        }
      }
    }
  }
}
