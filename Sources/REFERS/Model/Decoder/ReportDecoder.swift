import Tensors

/// The report transformer: writes a study's report word by word from the memory of its views
/// (REFERS sec. 3). Teacher forcing; the output shares its weight with the word embedding.
public struct ReportDecoder {
  let visualProjection: Linear
  let words: Parameter
  let positions: Parameter
  let norm: LayerNorm
  let outputBias: Parameter
  /// The layers of each direction: left to right, and right to left where asked for.
  let directions: [[DecoderLayer]]
  let dropout: Dropout?

  static let prefix = "textual"

  init(_ configuration: Configuration, vocabulary: Int, in store: ParameterStore) {
    let options = configuration.model.decoder
    let group = ParameterGroup.decoder.rawValue
    let name = ReportDecoder.prefix
    let width = options.width
    let visual = configuration.model.radiograph.width
    visualProjection = Linear(
      "\(name).visual_projection", inputs: visual, outputs: width, group: group,
      weight: .normal(0.02), bias: .linear(fanIn: visual), in: store)
    words = store.declare(
      "\(name).embedding.words.weight", rows: vocabulary, columns: width, group: group,
      .normalZeroFirst(0.02))
    positions = store.declare(
      "\(name).embedding.positions.weight", rows: configuration.text.maxTokens, columns: width,
      group: group, .normal(0.02))
    norm = LayerNorm(
      "\(name).embedding.layer_norm", width: width, epsilon: 1e-8, group: group, in: store)
    let transformers =
      options.direction == .bidirectional
      ? ["transformer", "backward_transformer"] : ["transformer"]
    directions = transformers.map { transformer in
      (0..<options.layers).map {
        DecoderLayer("\(name).\(transformer).layers.\($0)", options: options, in: store)
      }
    }
    outputBias = store.declare(
      "\(name).output.bias", rows: 1, columns: vocabulary, group: group, decays: false,
      .linear(fanIn: width))
    dropout = Dropout(rate: options.dropout, at: "\(name).embedding")
  }

  /// The loss of every direction over the reports.
  ///
  /// - Parameter memory: [studies, rows, radiograph width].
  func callAsFunction(
    _ tokens: PackedTokens, memory: Variable, memoryBias: [Float]?, on tape: Tape
  ) throws -> [TokenLoss] {
    let seen = try visualProjection(memory, on: tape)
    return try directions.enumerated().map { index, layers in
      let (inputs, targets) = tokens.shifted(backward: index == 1)
      var x = try tape.embedding(
        inputs.ids, packing: inputs.packing, words: words, positions: positions)
      x = try tape.dropout(norm(x, on: tape), dropout)
      for layer in layers {
        x = try tape.segment(x) {
          try layer($0, memory: seen, memoryBias: memoryBias, on: tape)
        }
      }
      let logits = try tape.linear(x, weight: words, bias: outputBias)
      return try tape.crossEntropy(logits, targets: targets)
    }
  }
}
