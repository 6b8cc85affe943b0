import Determinism
import Tensors

/// A study of the small model: a report and a few images.
struct SmallStudy {
  let key: UInt64
  let tokens: [Int32]
  let images: Int
}

/// A model that uses every operation once or more, with dropout wherever there may be some.
struct SmallModel {
  static let width = 48
  static let patches = 5
  static let vocabulary = 61
  static let slots = 3

  let words, positions, types, classToken, imagePositions, joinedPositions: Parameter
  let patch, join, pair, score, own, ownOutput, cross, crossOutput, expand, contract: Linear
  let norms: [LayerNorm]

  init(in store: ParameterStore) {
    let width = SmallModel.width
    func table(_ name: String, _ rows: Int, _ columns: Int) -> Parameter {
      store.declare(name, rows: rows, columns: columns, group: "all", .normal(0.5))
    }
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> Linear {
      Linear(
        name, inputs: inputs, outputs: outputs, group: "all", weight: .linear(fanIn: inputs),
        bias: .uniform(0.1), in: store)
    }
    words = table("words", SmallModel.vocabulary, width)
    positions = table("positions", 40, width)
    types = table("types", 2, width)
    classToken = table("class", 1, width)
    imagePositions = table("image", SmallModel.patches + 1, width)
    joinedPositions = table("joined", SmallModel.patches + 1, 7)
    patch = linear("patch", 19, width)
    join = linear("join", width + 7, width)
    pair = linear("pair", 2 * width, width)
    score = linear("score", SmallModel.slots * width, SmallModel.slots)
    own = linear("own", width, 3 * width)
    ownOutput = linear("own.output", width, width)
    cross = linear("cross", width, 3 * width)
    crossOutput = linear("cross.output", width, width)
    expand = linear("expand", width, 100)
    contract = linear("contract", 100, width)
    norms = (0..<4).map {
      LayerNorm("norm\($0)", width: width, epsilon: 1e-5, group: "all", in: store)
    }
  }

  /// Records the model over the studies of some shards and sets every gradient from above.
  func record(_ shards: [[SmallStudy]], on tape: Tape) throws -> TokenLoss {
    let studies = shards.flatMap { $0 }
    let perStudy = studyPacking(shards)
    let (memory, feature) = try images(shards, perStudy, on: tape)
    try seed(feature, on: tape)

    let text = perStudy.with(lengths: studies.map(\.tokens.count))
    let tokens = studies.flatMap(\.tokens)
    var x = try tape.embedding(
      tokens, packing: text, words: words, positions: positions, types: types)
    x = try tape.dropout(x, Dropout(rate: 0.1, site: "embedding"))
    let bias = [Float](repeating: 0.3, count: memory.value.rows)
    x = try tape.segment(x) { try attend($0, on: tape) }
    x = try tape.segment(x) { try read(memory, bias, from: $0, on: tape) }
    x = try tape.segment(x) { x in
      let hidden = try expand(
        norms[2](x, on: tape), on: tape, activation: .gelu,
        dropout: Dropout(rate: 0.1, site: "hidden"))
      return try tape.residual(x, contract(hidden, on: tape))
    }
    let logits = try tape.linear(norms[3](x, on: tape), weight: words, bias: nil)
    let loss = try tape.crossEntropy(logits, targets: tokens.map { ($0 * 7 + 3) % 61 })
    loss.scale = 1 / 300
    return loss
  }

  private func attend(_ x: Variable, on tape: Tape) throws -> Variable {
    let width = SmallModel.width
    let joined = try own(norms[0](x, on: tape), on: tape)
    let attended = try tape.attention(
      query: Columns(joined), key: Columns(joined, from: width),
      value: Columns(joined, from: 2 * width),
      options: AttentionOptions(
        heads: 4, width: width, causal: true, dropout: Dropout(rate: 0.1, site: "own")))
    return try tape.residual(
      x, ownOutput(attended, on: tape), dropout: Dropout(rate: 0.2, site: "own output"))
  }

  private func read(
    _ memory: Variable, _ bias: [Float], from x: Variable, on tape: Tape
  ) throws -> Variable {
    let width = SmallModel.width
    let query = try cross(norms[1](x, on: tape), on: tape, band: 0..<width)
    let keys = try cross(memory, on: tape, band: width..<3 * width)
    let read = try tape.attention(
      query: Columns(query), key: Columns(keys), value: Columns(keys, from: width),
      options: AttentionOptions(
        heads: 4, width: width, dropout: Dropout(rate: 0.1, site: "cross")), keyBias: bias)
    return try tape.residual(x, crossOutput(read, on: tape))
  }

  private func images(
    _ shards: [[SmallStudy]], _ perStudy: Packing, on tape: Tape
  ) throws -> (memory: Variable, feature: Variable) {
    let pixels = imagePacking(shards)
    let input = try tape.input(columns: 19, packing: pixels) { target in
      for sequence in 0..<pixels.sequences {
        var random = CounterRandom(key: pixels.keys[sequence])
        let rows = pixels.rows(ofSequence: sequence)
        for i in rows.lowerBound * 19..<rows.upperBound * 19 { target[i] = random.uniform(-1, 1) }
      }
    }
    var x = try tape.prependClass(
      patch(input, on: tape), classToken: classToken, positions: imagePositions,
      dropout: Dropout(rate: 0.1, site: "class"))
    x = try join(
      tape.appendPositions(x, positions: joinedPositions), on: tape, activation: .tanh)
    let rows = try tape.addFirstRow(x)
    let paired = try pair(tape.pairWithFirstRow(x), on: tape, activation: .relu)
    let slots = slots(shards)
    let views = try tape.gather(
      x, rows: slots.map { x.packing.offsets[$0] }, perRow: SmallModel.slots, packing: perStudy)
    let weights = try tape.softmaxRows(score(views, on: tape))
    let memory = try tape.slotRows(
      tape.residual(rows, paired), slots: slots, perStudy: SmallModel.slots, weights: weights,
      studies: perStudy)
    return (memory, try tape.scaleSlots(views, by: weights))
  }

  /// A gradient for each study's feature, of the study's key alone.
  private func seed(_ feature: Variable, on tape: Tape) throws {
    var gradient: [Float] = []
    for key in feature.packing.keys {
      var random = CounterRandom(seed: 77, key)
      for _ in 0..<feature.value.columns { gradient.append(random.uniform(-1, 1)) }
    }
    try tape.seed(feature, gradient: gradient)
  }

  private func ranges(_ counts: [Int]) -> [Range<Int>] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return start..<start + count
    }
  }

  private func studyPacking(_ shards: [[SmallStudy]]) -> Packing {
    .single(keys: shards.flatMap { $0 }.map(\.key), shards: ranges(shards.map(\.count)))
  }

  private func imagePacking(_ shards: [[SmallStudy]]) -> Packing {
    let keys = shards.flatMap { $0 }.flatMap { study in
      (0..<study.images).map { CounterRandom.combine(study.key, UInt64($0)) }
    }
    return Packing(
      lengths: keys.map { _ in SmallModel.patches }, keys: keys,
      shards: ranges(shards.map { $0.reduce(0) { $0 + $1.images } }))
  }

  /// The image of each view slot of each study.
  private func slots(_ shards: [[SmallStudy]]) -> [Int] {
    var first = 0
    return shards.flatMap { $0 }.flatMap { study in
      defer { first += study.images }
      return (0..<SmallModel.slots).map { first + $0 % study.images }
    }
  }
}
