/// What is read of Hugging Face's config.json.
struct BERTConfigFile: Decodable {
  let modelType: String?
  let hiddenAct: String?
  let positionEmbeddingType: String?
  let typeVocabSize: Int?
  let hiddenSize: Int?
  let numHiddenLayers: Int?
  let numAttentionHeads: Int?
  let intermediateSize: Int?
  let vocabSize: Int?
  let maxPositionEmbeddings: Int?
  let layerNormEps: Double?

  /// The names of what must be there and is not.
  var missing: [String] {
    let sizes = [
      ("hidden_size", hiddenSize), ("num_hidden_layers", numHiddenLayers),
      ("num_attention_heads", numAttentionHeads), ("intermediate_size", intermediateSize),
      ("vocab_size", vocabSize), ("max_position_embeddings", maxPositionEmbeddings),
    ]
    return sizes.filter { $0.1 == nil }.map(\.0)
  }
}

/// What is read of Hugging Face's tokenizer_config.json.
struct TokenizerConfigFile: Decodable {
  let doLowerCase: Bool?
  let stripAccents: Bool?
  let tokenizeChineseChars: Bool?
}
