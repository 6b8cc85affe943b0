import Diagnostics
import Foundation
import REFERS
import Tensors
import XCTest

/// A text encoder started from a directory of Hugging Face, against PyTorch's last hidden states;
/// scripts/fixtures/make_bert_fixture.py.
final class PretrainedTextEncoderTests: XCTestCase {
  private static let texts = [
    "The lungs are clear.", "Éffusion on the left; heart size is normal, no PNEUMOTHORAX.",
  ]
  private let fixture = DataFixtures.folder + "/bert"

  func testTinyBERTEqualsPyTorch() throws {
    let (model, notices) = try started(from: fixture)
    XCTAssertEqual(model.configuration.model.textEncoder.layers, 3)
    XCTAssertEqual(model.configuration.model.textEncoder.normEpsilon, 1e-3)
    XCTAssertTrue(notices.first?.contains("'cls.seq_relationship.bias'") ?? false, "\(notices)")
    try compare(model, vocabulary: fixture, with: "expected.safetensors", within: 1e-5)
  }

  func testMiniLMEqualsPyTorch() throws {
    let folder = URL(fileURLWithPath: DataFixtures.folder + "/../../.build/minilm").standardized
    let path = ProcessInfo.processInfo.environment["REFERS_MINILM"] ?? folder.path
    guard FileManager.default.fileExists(atPath: path) else {
      throw XCTSkip("MiniLM is absent: scripts/fetch-minilm.")
    }
    let (model, notices) = try started(from: path)
    XCTAssertEqual(model.configuration.model.textEncoder.width, 384)
    XCTAssertEqual(model.configuration.model.textEncoder.heads, 12)
    XCTAssertEqual(
      notices, ["left out of \(path)/model.safetensors: 'embeddings.position_ids'"])
    try compare(model, vocabulary: path, with: "minilm.safetensors", within: 1e-4)
  }

  func testNamesMayLackThePrefixAndThePoolerMayBeUnused() throws {
    let folder = try copy { name in
      name.hasPrefix("bert.pooler") ? nil : name.replacingOccurrences(of: "bert.", with: "")
    }
    let (model, _) = try started(from: folder.path, ["model.text_encoder.feature": .text("cls")])
    try compare(model, vocabulary: folder.path, with: "expected.safetensors", within: 1e-5)
    let (whole, notices) = try started(
      from: fixture, ["model.text_encoder.feature": .text("mean")])
    XCTAssertTrue(notices.first?.contains("'bert.pooler.dense.weight'") ?? false, "\(notices)")
    try compare(whole, vocabulary: fixture, with: "expected.safetensors", within: 1e-5)
  }

  func testOneErrorNamesEveryTensorThatDoesNotFit() throws {
    let folder = try copy { name in
      switch name {
      case "bert.pooler.dense.bias": nil
      case "bert.encoder.layer.1.output.dense.weight": "bert.encoder.layer.9.output.dense.weight"
      case "bert.encoder.layer.0.attention.self.key.bias":
        "bert.encoder.layer.0.intermediate.dense.bias"
      case "bert.encoder.layer.0.intermediate.dense.bias":
        "bert.encoder.layer.0.attention.self.key.bias"
      default: name
      }
    }
    let failure = try XCTUnwrap(caught { _ = try started(from: folder.path) })
    XCTAssertEqual(failure.code, .checkpoint)
    for part in [
      "missing 'encoder.layer.1.output.dense.weight', 'pooler.dense.bias'",
      "not of this model 'bert.encoder.layer.9.output.dense.weight'",
      "'bert.encoder.layer.0.attention.self.key.bias' is F32 [32], not F32 [16]",
      "'bert.encoder.layer.0.intermediate.dense.bias' is F32 [16], not F32 [32]",
      "model.text_encoder.feature",
    ] {
      XCTAssertTrue(failure.description.contains(part), "\(part): \(failure)")
    }
  }

  func testFilesThatDecideTheConfiguration() throws {
    let resolved = try loader(fixture, [:]).resolve()
    XCTAssertEqual(
      resolved.origin(of: "model.text_encoder.width"), fixture + "/config.json")
    XCTAssertEqual(
      resolved.origin(of: "text.lower_case"), fixture + "/tokenizer_config.json")
    // What is repeated is no contradiction: a saved configuration gives the same run again.
    let again = try Configuration(yaml: resolved.configuration.yaml(), name: "again")
    XCTAssertEqual(again, resolved.configuration)

    let failure = try XCTUnwrap(
      caught {
        _ = try loader(
          fixture, ["model.text_encoder.width": .int(32), "text.lower_case": .bool(false)]
        ).resolve()
      })
    for part in [
      "model.text_encoder.width is 16 in \(fixture)/config.json, but 32 by --set",
      "text.lower_case is true in \(fixture)/tokenizer_config.json, but false by --set",
    ] {
      XCTAssertTrue(failure.message.contains(part), "\(failure)")
    }
  }

  func testFaultyDirectories() throws {
    for (file, text, wanted) in [
      ("config.json", #"{"model_type": "distilbert", "hidden_act": "gelu"}"#, "'distilbert'"),
      ("config.json", #"{"model_type": "bert", "hidden_act": "relu"}"#, "'relu'"),
      ("config.json", #"{"model_type": "bert", "hidden_act": "gelu"}"#, "lacks hidden_size"),
      ("config.json", "{", "not the JSON"),
      ("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n", "has 6 pieces"),
      ("vocab.txt", "[PAD]\n[UNK]\n", "[CLS]"),
      ("tokenizer_config.json", #"{"do_lower_case": true, "strip_accents": false}"#, "accents"),
    ] {
      let folder = try copy { $0 }
      try folder.write(text, to: file)
      let failure = caught { _ = try loader(folder.path, [:]).resolve() }
      XCTAssertTrue(failure?.message.contains(wanted) ?? false, "\(wanted): \(failure as Any)")
    }
    let folder = try copy { $0 }
    try FileManager.default.removeItem(atPath: folder.path + "/config.json")
    XCTAssertEqual(caught { _ = try loader(folder.path, [:]).resolve() }?.code, .file)
  }

  // MARK: Support

  private func loader(
    _ directory: String, _ values: [String: ConfigurationValue]
  ) -> ConfigurationLoader {
    var loader = ConfigurationLoader()
    let given = values.merging(
      ["text.pretrained": .text(directory), "text.max_tokens": .int(24)]
    ) { $1 }
    for (path, value) in given.merging(
      ["model.text_encoder.feature": .text("pooler")], uniquingKeysWith: { first, _ in first })
    {
      loader.add(ConfigurationAssignment(path: path, value: value, origin: "--set"))
    }
    return loader
  }

  private func started(
    from directory: String, _ values: [String: ConfigurationValue] = [:]
  ) throws -> (REFERSModel, [String]) {
    let configuration = try loader(directory, values).resolve().configuration
    let vocabulary = try WordPieceVocabulary(contentsOf: directory + "/vocab.txt")
    let model = REFERSModel(configuration, vocabulary: vocabulary.count)
    try model.parameters.allocate(seed: 1)
    return (model, try model.readTextEncoder(from: directory))
  }

  private func compare(
    _ model: REFERSModel, vocabulary directory: String, with name: String, within limit: Float
  ) throws {
    let expected = try SafetensorsFile(path: fixture + "/" + name)
    let tokenizer = WordPieceTokenizer(
      vocabulary: try WordPieceVocabulary(contentsOf: directory + "/vocab.txt"))
    for (number, text) in Self.texts.enumerated() {
      let ids = tokenizer.encode(text, maximum: 512)
      XCTAssertEqual(ids, try expected.values(of: "ids.\(number)"))
      let study = PreparedStudy(
        index: 0, key: 0, images: [], slots: [], encoderTokens: ids, decoderTokens: ids)
      let batch = StudyBatch([study], shards: [0..<1], patches: 1)
      let tape = Tape(compute: try Compute(threads: 2), parameters: model.parameters)
      let hidden = try model.textEncoder.hidden(batch.encoderTokens, on: tape)
      let values: [Float] = try expected.values(of: "hidden.\(number)")
      XCTAssertEqual(hidden.value.count, values.count)
      let difference = values.indices.map { abs(values[$0] - hidden.value.pointer[$0]) }.max()
      print("\(name), text \(number): differs by at most \(difference ?? .nan)")
      XCTAssertLessThan(difference ?? .infinity, limit)
    }
  }

  /// The fixture's directory once more, its tensors named by `rename`; nil leaves one out.
  private func copy(_ rename: (String) -> String?) throws -> DataFolder {
    let folder = try DataFolder()
    for name in ["config.json", "vocab.txt", "tokenizer_config.json"] {
      try FileManager.default.copyItem(
        atPath: fixture + "/" + name, toPath: folder.path + "/" + name)
    }
    let file = try SafetensorsFile(path: fixture + "/model.safetensors")
    let kept: [(name: String, shape: [Int], values: [Float])] = try file.entries.compactMap {
      guard $0.element == .float32, let name = rename($0.name) else { return nil }
      return (name, $0.shape, try file.values(of: $0.name))
    }
    try TensorFiles.write(kept, to: folder.path + "/model.safetensors")
    return folder
  }
}
