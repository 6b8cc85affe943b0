import Diagnostics
import Foundation

/// A directory of Hugging Face with a BERT: config.json, vocab.txt, model.safetensors and, if it is
/// there, tokenizer_config.json.
struct BERTDirectory {
  let path: String
  private let config: Config
  private let lowerCase: Bool?

  /// What config.json says of the model.
  private struct Config {
    let width: Int
    let layers: Int
    let heads: Int
    let mlp: Int
    let vocabulary: Int
    let positions: Int
    let normEpsilon: Double
  }

  /// Reads config.json and tokenizer_config.json.
  ///
  /// - Throws: `Failure` where config.json is missing, or describes another model than a BERT with
  ///   absolute positions, two types of token and the exact GELU.
  init(path: String) throws {
    self.path = path
    config = try Self.config(Self.json(BERTConfigFile.self, "\(path)/config.json"), path)
    let file = "\(path)/tokenizer_config.json"
    guard FileManager.default.fileExists(atPath: file) else {
      lowerCase = nil
      return
    }
    let tokenizer = try Self.json(TokenizerConfigFile.self, file)
    lowerCase = tokenizer.doLowerCase
    let strips = tokenizer.stripAccents ?? tokenizer.doLowerCase
    guard strips == tokenizer.doLowerCase, tokenizer.tokenizeChineseChars ?? true else {
      throw Failure(
        .input,
        "\(file) takes accents off otherwise than it lower-cases, or leaves Chinese words whole.",
        remedy: "Use a model whose tokenizer is BERT's.")
    }
  }

  /// What the files decide, as values of a configuration.
  var assignments: [ConfigurationAssignment] {
    func assigned(_ path: String, _ value: ConfigurationValue, _ file: String = "config.json")
      -> ConfigurationAssignment
    {
      ConfigurationAssignment(path: path, value: value, origin: "\(self.path)/\(file)")
    }
    var result = [
      assigned("model.text_encoder.width", .int(config.width)),
      assigned("model.text_encoder.layers", .int(config.layers)),
      assigned("model.text_encoder.heads", .int(config.heads)),
      assigned("model.text_encoder.mlp", .int(config.mlp)),
      assigned("model.text_encoder.positions", .int(config.positions)),
      assigned("model.text_encoder.norm_epsilon", .real(config.normEpsilon)),
    ]
    if let lowerCase {
      result.append(assigned("text.lower_case", .bool(lowerCase), "tokenizer_config.json"))
    }
    return result
  }

  /// The pieces of vocab.txt.
  ///
  /// - Throws: `Failure(.input)` also where they are not as many as config.json says.
  func vocabulary() throws -> WordPieceVocabulary {
    let vocabulary = try WordPieceVocabulary(contentsOf: "\(path)/vocab.txt")
    guard vocabulary.count == config.vocabulary else {
      throw Failure(
        .input,
        "\(path)/vocab.txt has \(vocabulary.count) pieces, but config.json a vocab_size of "
          + "\(config.vocabulary).",
        remedy: "Are both files whole and of one model?")
    }
    return vocabulary
  }

  private static func config(_ file: BERTConfigFile, _ path: String) throws -> Config {
    func refused(_ what: String) -> Failure {
      Failure(
        .input, "\(path)/config.json \(what).",
        remedy: "Name a directory of Hugging Face with a BERT.")
    }
    let form = [
      ("model_type", file.modelType, "bert"), ("hidden_act", file.hiddenAct, "gelu"),
      ("position_embedding_type", file.positionEmbeddingType ?? "absolute", "absolute"),
      ("type_vocab_size", file.typeVocabSize.map { "\($0)" } ?? "2", "2"),
    ].filter { $0.1 != $0.2 }
    guard form.isEmpty else {
      throw refused(
        "is of another model: "
          + form.map { "\($0.0) is \($0.1.map(displayed) ?? "missing"), not '\($0.2)'" }
          .joined(separator: ", "))
    }
    let missing = file.missing
    guard let width = file.hiddenSize, let layers = file.numHiddenLayers,
      let heads = file.numAttentionHeads, let mlp = file.intermediateSize,
      let vocabulary = file.vocabSize, let positions = file.maxPositionEmbeddings,
      missing.isEmpty
    else { throw refused("lacks \(missing.joined(separator: ", "))") }
    return Config(
      width: width, layers: layers, heads: heads, mlp: mlp, vocabulary: vocabulary,
      positions: positions, normEpsilon: file.layerNormEps ?? 1e-12)
  }

  private static func json<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    let bytes = try ReadableFile.bytes(of: path, limit: 1 << 24)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch {
      throw Failure(
        .input, "\(path) is not the JSON that was due.",
        remedy: "Is it whole, and from Hugging Face?", cause: error)
    }
  }
}
