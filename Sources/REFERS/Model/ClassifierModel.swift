import Tensors

/// The radiograph transformer with a linear head on its class token (REFERS sec. 8.1).
///
/// Every study is one radiograph. Tensors are saved under the names of the public checkpoints,
/// `visual.vit.transformer.…`, and `head.weight` [classes, width] and `head.bias` [classes].
public final class ClassifierModel {
  public let configuration: Configuration
  public let parameters = ParameterStore()
  public let radiograph: RadiographTransformer
  let head: Linear
  /// The numbers that the head answers with.
  public let classes: Int

  static let headName = "head"

  /// Declares all parameters; the values are set by `parameters.allocate(seed:)`.
  public init(_ configuration: Configuration, classes: Int) {
    self.configuration = configuration
    self.classes = classes
    radiograph = RadiographTransformer(configuration, in: parameters)
    let width = configuration.model.radiograph.width
    head = Linear(
      Self.headName, inputs: width, outputs: classes, group: ParameterGroup.head.rawValue,
      weight: .linear(fanIn: width), bias: .linear(fanIn: width), in: parameters)
  }

  /// The class token of every radiograph behind the last norm, [images, width].
  public func features(_ batch: StudyBatch, on tape: Tape) throws -> Variable {
    try radiograph.classTokens(batch, on: tape)
  }

  /// What the head answers, before sigmoid or softmax, [images, classes].
  public func logits(_ batch: StudyBatch, on tape: Tape) throws -> Variable {
    try head(features(batch, on: tape), on: tape)
  }
}

extension RadiographTransformer {
  /// The class token of every image behind the last norm, [images, width].
  func classTokens(_ batch: StudyBatch, on tape: Tape) throws -> Variable {
    let tokens = try self(batch.pixels, packing: batch.images, on: tape)
    return try tape.gather(
      tokens, rows: Array(tokens.packing.offsets.dropLast()),
      packing: .single(keys: batch.images.keys, shards: batch.images.shards))
  }
}

extension ClassifierModel: TrainedModel {
  public func rehearse(shards: [Range<Int>], on tape: Tape) throws {
    let study = PreparedStudy(
      index: 0, key: 0, images: [.blank(side: configuration.image.crop)], slots: [0],
      encoderTokens: [], decoderTokens: [])
    let batch = StudyBatch(
      Array(repeating: study, count: shards.last?.upperBound ?? 0), shards: shards,
      patches: radiograph.patches)
    let logits = try logits(batch, on: tape)
    try tape.seed(
      logits, gradient: [Float](repeating: 0, count: logits.value.rows * logits.value.columns))
    try tape.backward()
  }
}
