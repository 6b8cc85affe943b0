import Foundation
import REFERS
import Tensors

/// One of Tests/Fixtures/model-*: a small whole model with its losses and gradients by PyTorch.
struct ModelFixture {
  let configuration: Configuration
  let vocabulary: Int
  let decoderVocabulary: Int?
  let file: SafetensorsFile

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  static let names = [
    "default", "paper", "code2022", "interleave", "unfused", "shared", "bidirectional", "global",
  ]

  init(_ name: String) throws {
    let base = Self.folder.appendingPathComponent("model-\(name)")
    file = try SafetensorsFile(path: base.appendingPathExtension("safetensors").path)
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: base.appendingPathExtension("json")))
    var options = json as? [String: Any] ?? [:]
    let fixture = options.removeValue(forKey: "fixture") as? [String: Int] ?? [:]
    var text = options["text"] as? [String: Int] ?? [:]
    vocabulary = text.removeValue(forKey: "vocabulary_size") ?? 0
    let own = text.removeValue(forKey: "decoder_vocabulary_size") ?? 0
    decoderVocabulary = own > 0 ? own : nil
    options["text"] = text
    // JSON is YAML.
    let yaml = String(
      decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
    var configuration = try Configuration(yaml: yaml, name: "model-\(name).json")
    configuration.model.textEncoder.positions = fixture["text_encoder_positions"] ?? 0
    self.configuration = configuration
  }

  /// The model with the fixture's parameters; every one of them must have its place.
  func model() throws -> REFERSModel {
    let model = REFERSModel(
      configuration, vocabulary: vocabulary, decoderVocabulary: decoderVocabulary)
    try model.parameters.allocate(seed: 1)
    for slice in model.parameters.slices {
      let values: [Float] = try file.values(of: "parameter.\(slice.name)")
      guard values.count == slice.count else { throw ShapeMismatch(name: slice.name) }
      for (index, value) in values.enumerated() {
        model.parameters.values[slice.offset + index] = value
      }
    }
    return model
  }

  struct ShapeMismatch: Error { let name: String }

  /// The names of the parameters in the fixture.
  var parameterNames: [String] {
    file.entries.map(\.name).filter { $0.hasPrefix("parameter.") }
      .map { String($0.dropFirst("parameter.".count)) }
  }

  func studies() throws -> [PreparedStudy] {
    var studies: [PreparedStudy] = []
    let side = configuration.image.crop
    while file.entry(named: "study.\(studies.count).slots") != nil {
      let name = "study.\(studies.count)"
      let pixels: [Float] = try file.values(of: "\(name).images")
      let slots: [Int32] = try file.values(of: "\(name).slots")
      studies.append(
        PreparedStudy(
          index: studies.count, key: UInt64(studies.count),
          images: stride(from: 0, to: pixels.count, by: side * side).map {
            GrayImage(width: side, height: side, pixels: Array(pixels[$0..<$0 + side * side]))
          },
          slots: slots.map(Int.init),
          encoderTokens: try file.values(of: "\(name).encoder_tokens"),
          decoderTokens: try file.values(of: "\(name).decoder_tokens")))
    }
    return studies
  }

  func expected(_ name: String) throws -> [Float] { try file.values(of: "expected.\(name)") }
}
