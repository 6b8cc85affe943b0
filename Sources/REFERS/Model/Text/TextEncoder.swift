import Tensors

/// BERT over a report, a feature of the whole, and a linear map to the space of study features
/// (REFERS sec. 4).
///
/// Tensors carry Hugging Face's names behind `contrastive_bert.text_encoder.`; the map is
/// `contrastive_bert.fc`.
public struct TextEncoder {
  let words: Parameter
  let positions: Parameter
  let types: Parameter
  let norm: LayerNorm
  let layers: [TextEncoderLayer]
  /// The layers, from the first, that keep their weights; with any of them the embeddings do.
  let frozenLayers: Int
  /// tanh(W h + b) of the first token; nil for the other features.
  let pooler: Linear?
  let projection: Linear
  let feature: Configuration.Model.TextEncoder.Feature
  let dropout: Dropout?

  static let prefix = "contrastive_bert.text_encoder"

  /// - Parameters:
  ///   - vocabulary: the number of token ids.
  ///   - outputs: the width of a study's feature.
  init(
    _ configuration: Configuration, vocabulary: Int, outputs: Int, in store: ParameterStore
  ) {
    let options = configuration.model.textEncoder
    let group = ParameterGroup.textEncoder.rawValue
    let name = TextEncoder.prefix
    let width = options.width
    let decaysNorms = configuration.optimizer.decayNorms == .bert
    let frozenLayers = configuration.text.freezeLayers
    let first = store.declarations.count
    words = store.declare(
      "\(name).embeddings.word_embeddings.weight", rows: vocabulary, columns: width, group: group,
      .normalZeroFirst(0.02))
    positions = store.declare(
      "\(name).embeddings.position_embeddings.weight", rows: options.positions, columns: width,
      group: group,
      .normal(0.02))
    types = store.declare(
      "\(name).embeddings.token_type_embeddings.weight", rows: 2, columns: width, group: group,
      .normal(0.02))
    norm = LayerNorm(
      "\(name).embeddings.LayerNorm", width: width, epsilon: Float(options.normEpsilon),
      group: group,
      decays: decaysNorms, in: store)
    layers = (0..<options.layers).map {
      if $0 == frozenLayers, $0 > 0 { store.freeze(from: first) }
      return TextEncoderLayer(
        "\(name).encoder.layer.\($0)", options: options, decaysNorms: decaysNorms, in: store)
    }
    if frozenLayers >= options.layers { store.freeze(from: first) }
    self.frozenLayers = frozenLayers
    pooler =
      options.feature == .pooler
      ? Linear(
        "\(name).pooler.dense", inputs: width, outputs: width, group: group, weight: .normal(0.02),
        in: store) : nil
    projection = Linear(
      "contrastive_bert.fc", inputs: width, outputs: outputs, group: group,
      weight: .linear(fanIn: width), bias: .linear(fanIn: width), in: store)
    feature = options.feature
    dropout = Dropout(rate: options.dropout, at: "\(name).embeddings")
  }

  /// The last hidden states, [tokens, width]. Nothing goes back into frozen layers.
  package func hidden(_ tokens: PackedTokens, on tape: Tape) throws -> Variable {
    let embed = {
      let x = try tape.embedding(
        tokens.ids, packing: tokens.packing, words: words, positions: positions, types: types)
      return try tape.dropout(norm(x, on: tape), dropout)
    }
    guard frozenLayers > 0 else { return try through(layers[...], embed(), on: tape) }
    let frozen = try tape.withoutRecording {
      try through(layers[..<frozenLayers], embed(), on: tape)
    }
    return try through(layers[frozenLayers...], frozen, on: tape)
  }

  private func through(
    _ layers: ArraySlice<TextEncoderLayer>, _ x: Variable, on tape: Tape
  ) throws -> Variable {
    try layers.reduce(x) { x, layer in try tape.segment(x) { try layer($0, on: tape) } }
  }

  /// The feature of each report, [studies, outputs].
  func callAsFunction(_ tokens: PackedTokens, studies: Packing, on tape: Tape) throws -> Variable {
    let x = try hidden(tokens, on: tape)
    let whole: Variable
    if feature == .mean {
      whole = try tape.meanRows(x)
    } else {
      let first = try tape.gather(
        x, rows: Array(tokens.packing.offsets.dropLast()), packing: studies)
      whole = try pooler.map { try $0(first, on: tape, activation: .tanh) } ?? first
    }
    return try projection(whole, on: tape)
  }
}
