import REFERS
import Tensors
import XCTest

/// Which parameters decay, and whose learning rate holds (REFERS sec. 6).
final class ParameterGroupTests: XCTestCase {
  private func declarations(_ mode: Configuration.Mode) -> [(
    name: String, ParameterStore.Declaration
  )] {
    REFERSModel(.named(.base, mode: mode), vocabulary: 28_996).parameters.declarations.flatMap {
      declaration in declaration.slices.map { ($0.name, declaration) }
    }
  }

  private func isNorm(_ name: String) -> Bool {
    name.lowercased().contains("norm")
  }

  func testNormsAndBiasesDoNotDecay() {
    for mode in [Configuration.Mode.default, .paper] {
      for (name, declaration) in declarations(mode) {
        let exempt = isNorm(name) || name.hasSuffix("bias")
        XCTAssertEqual(declaration.decays, !exempt, "\(mode): \(name)")
      }
    }
  }

  /// The code exempts what has "norm" or "bias" in its name, in lower case: not BERT's LayerNorm.
  func testTheCodeDecaysTheNormsOfBERT() {
    var decayed = 0
    for (name, declaration) in declarations(.code2022) {
      let exempt = name.contains("norm") || name.contains("bias")
      XCTAssertEqual(declaration.decays, !exempt, name)
      if declaration.decays && isNorm(name) { decayed += 1 }
    }
    XCTAssertEqual(decayed, 25)
  }

  func testClassTokenAndPositionsDecay() {
    for mode in Configuration.Mode.allCases {
      let decaying = Set(declarations(mode).filter(\.1.decays).map(\.name))
      for name in [
        "visual.vit.transformer.embeddings.cls_token",
        "visual.vit.transformer.embeddings.position_embeddings",
        "contrastive_bert.text_encoder.embeddings.position_embeddings.weight",
        "textual.embedding.positions.weight", "textual.embedding.words.weight",
      ] {
        XCTAssertTrue(decaying.contains(name), "\(mode): \(name)")
      }
    }
  }

  func testGroups() {
    let groups: [(prefix: String, ParameterGroup)] = [
      ("visual.", .radiograph), ("fusion.", .fusion), ("recurrent.", .fusion),
      ("contrastive_bert.", .textEncoder), ("textual.", .decoder),
    ]
    for mode in Configuration.Mode.allCases {
      for (name, declaration) in declarations(mode) {
        let group = groups.first { name.hasPrefix($0.prefix) }?.1
        XCTAssertEqual(ParameterGroup(rawValue: declaration.group), group, name)
      }
    }
  }
}
