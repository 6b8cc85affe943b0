import Foundation
import REFERS
import XCTest

/// The names and shapes under which others know the tensors: the public checkpoints' backbone and
/// decoder, Hugging Face's BERT (REFERS sec. 11).
final class TensorNameTests: XCTestCase {
  private static let names: [String: [Int]] = {
    var names: [String: [Int]] = [:]
    func linear(_ name: String, _ outputs: Int, _ inputs: Int) {
      names["\(name).weight"] = [outputs, inputs]
      names["\(name).bias"] = [outputs]
    }
    func norm(_ name: String, _ width: Int) {
      names["\(name).weight"] = [width]
      names["\(name).bias"] = [width]
    }
    let visual = "visual.vit.transformer"
    names["\(visual).embeddings.cls_token"] = [1, 1, 768]
    names["\(visual).embeddings.position_embeddings"] = [1, 197, 768]
    names["\(visual).embeddings.patch_embeddings.weight"] = [768, 3, 16, 16]
    names["\(visual).embeddings.patch_embeddings.bias"] = [768]
    norm("\(visual).encoder.encoder_norm", 768)
    let bert = "contrastive_bert.text_encoder"
    for layer in 0..<12 {
      let block = "\(visual).encoder.layer.\(layer)"
      norm("\(block).attention_norm", 768)
      norm("\(block).ffn_norm", 768)
      linear("\(block).ffn.fc1", 3072, 768)
      linear("\(block).ffn.fc2", 768, 3072)
      for part in ["query", "key", "value", "out"] { linear("\(block).attn.\(part)", 768, 768) }

      let layer = "\(bert).encoder.layer.\(layer)"
      for part in ["query", "key", "value"] { linear("\(layer).attention.self.\(part)", 768, 768) }
      linear("\(layer).attention.output.dense", 768, 768)
      norm("\(layer).attention.output.LayerNorm", 768)
      linear("\(layer).intermediate.dense", 3072, 768)
      linear("\(layer).output.dense", 768, 3072)
      norm("\(layer).output.LayerNorm", 768)
    }
    for (table, rows) in [("word", 28_996), ("position", 512), ("token_type", 2)] {
      names["\(bert).embeddings.\(table)_embeddings.weight"] = [rows, 768]
    }
    norm("\(bert).embeddings.LayerNorm", 768)
    linear("\(bert).pooler.dense", 768, 768)
    linear("contrastive_bert.fc", 2304, 768)

    for slot in 1...3 { linear("fusion.fc\(slot)", 1, 2304) }

    linear("textual.visual_projection", 1024, 768)
    names["textual.embedding.words.weight"] = [10_000, 1024]
    names["textual.embedding.positions.weight"] = [100, 1024]
    norm("textual.embedding.layer_norm", 1024)
    let decoder = "textual.transformer.layers.0"
    for attention in ["self_attn", "multihead_attn"] {
      names["\(decoder).\(attention).in_proj_weight"] = [3072, 1024]
      names["\(decoder).\(attention).in_proj_bias"] = [3072]
      linear("\(decoder).\(attention).out_proj", 1024, 1024)
    }
    linear("\(decoder).linear1", 4096, 1024)
    linear("\(decoder).linear2", 1024, 4096)
    for number in 1...3 { norm("\(decoder).norm\(number)", 1024) }
    names["textual.output.bias"] = [10_000]
    return names
  }()

  private var own: [String: [Int]] {
    let model = REFERSModel(
      .named(.base, mode: .code2022), vocabulary: 28_996, decoderVocabulary: 10_000)
    return Dictionary(uniqueKeysWithValues: model.parameters.slices.map { ($0.name, $0.shape) })
  }

  func testTheCodesModelHasTheCodesTensors() {
    // 432 keys less the constant position ids and the second name of the tied word embedding.
    XCTAssertEqual(Self.names.count, 430)
    let own = own
    XCTAssertEqual(Set(own.keys).subtracting(Self.names.keys).sorted(), [])
    XCTAssertEqual(Set(Self.names.keys).subtracting(own.keys).sorted(), [])
    for (name, shape) in Self.names { XCTAssertEqual(own[name], shape, name) }
  }

  func testTheDefaultKeepsTheNamesOfBackboneAndBERT() {
    let model = REFERSModel(.named(.base), vocabulary: 28_996)
    let own = Dictionary(uniqueKeysWithValues: model.parameters.slices.map { ($0.name, $0.shape) })
    for (name, shape) in Self.names where !name.hasPrefix("fusion.") {
      let words = name == "textual.embedding.words.weight"
      let bias = name == "textual.output.bias"
      XCTAssertEqual(own[name], words ? [28_996, 1024] : bias ? [28_996] : shape, name)
    }
  }

  /// The same against the list of a public checkpoint's keys, where it lies beside the project.
  func testTheListOfKeys() throws {
    let file = ModelFixture.folder.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("../shared/spec/checkpoint_keys.tsv")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw XCTSkip("There is no ../shared/spec/checkpoint_keys.tsv.")
    }
    var listed: [String: [Int]] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("B_") {
      let fields = line.split(separator: "\t").map(String.init)
      listed[fields[1]] = fields[2].split(separator: "x").compactMap { Int($0) }
    }
    listed["contrastive_bert.text_encoder.embeddings.position_ids"] = nil
    listed["textual.output.weight"] = nil
    XCTAssertEqual(listed, own)
  }
}
