import REFERS
import XCTest

/// The sizes of section 10.
final class ParameterCountTests: XCTestCase {
  private func model(
    _ mode: Configuration.Mode, vocabulary: Int = 28_996, decoderVocabulary: Int? = nil,
    _ change: (inout Configuration) -> Void = { _ in }
  ) -> REFERSModel {
    var configuration = Configuration.named(.base, mode: mode)
    change(&configuration)
    // Declares, and takes no memory.
    return REFERSModel(
      configuration, vocabulary: vocabulary, decoderVocabulary: decoderVocabulary)
  }

  private func count(_ model: REFERSModel, _ prefix: String) -> Int {
    model.parameters.slices.filter { $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.count }
  }

  func testTheCodeOf2022() {
    let code = model(.code2022, decoderVocabulary: 10_000)
    XCTAssertEqual(code.parameters.parameterCount, 223_826_195)
    XCTAssertEqual(count(code, ""), 223_826_195)
    for (prefix, size) in [
      ("visual.", 85_798_656),
      ("visual.vit.transformer.embeddings.patch_embeddings.", 590_592),
      ("visual.vit.transformer.embeddings.position_embeddings", 151_296),
      ("visual.vit.transformer.embeddings.cls_token", 768),
      ("visual.vit.transformer.encoder.encoder_norm.", 1_536),
      ("visual.vit.transformer.encoder.layer.7.", 7_087_872),
      ("fusion.", 6_915),
      ("contrastive_bert.text_encoder.", 108_310_272),
      ("contrastive_bert.fc.", 1_771_776),
      ("textual.", 27_938_576),
      ("textual.visual_projection.", 787_456),
      ("textual.embedding.words.", 10_240_000),
      ("textual.embedding.positions.", 102_400),
      ("textual.embedding.layer_norm.", 2_048),
      ("textual.transformer.layers.0.", 16_796_672),
      ("textual.output.", 10_000),
    ] {
      XCTAssertEqual(count(code, prefix), size, prefix)
    }
  }

  func testTheDefault() {
    let standard = model(.default)
    XCTAssertEqual(standard.parameters.parameterCount, 245_062_727)
    XCTAssertEqual(count(standard, "visual."), 85_798_656)
    XCTAssertEqual(count(standard, "fusion."), 1_772_547)
    XCTAssertEqual(count(standard, "contrastive_bert."), 108_310_272 + 1_771_776)
    // 18,996 more words than in the code, each with a bias.
    XCTAssertEqual(count(standard, "textual."), 27_938_576 + 18_996 * 1_025)
  }

  func testThePaperAddsItsTwoProjections() {
    let paper = model(.paper)
    XCTAssertEqual(paper.parameters.parameterCount, 245_062_727 + 2 * 1_180_416)
    XCTAssertEqual(count(paper, "recurrent."), 1_180_416)
    XCTAssertEqual(
      count(paper, "visual.vit.transformer.embeddings.position_projection."), 1_180_416)
  }

  func testVariants() {
    let grey = model(.default) { $0.model.radiograph.channels = 1 }
    XCTAssertEqual(count(grey, "visual."), 85_405_440)
    let first = model(.default) { $0.model.textEncoder.feature = .cls }
    XCTAssertEqual(count(first, "contrastive_bert.text_encoder."), 108_310_272 - 590_592)
    let single = model(.default) { $0.model.fusion = .none }
    XCTAssertEqual(count(single, "fusion."), 0)
    XCTAssertEqual(count(single, "contrastive_bert.fc."), 768 * 769)
  }
}
