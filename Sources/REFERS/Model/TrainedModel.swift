import Tensors

/// A model as a run sees it: parameters, and a way through it.
public protocol TrainedModel: AnyObject {
  var configuration: Configuration { get }
  var parameters: ParameterStore { get }

  /// Goes forward and back through the largest studies there can be, on a tape that only measures.
  ///
  /// - Parameter shards: the studies of each shard, numbered from 0.
  func rehearse(shards: [Range<Int>], on tape: Tape) throws
}

extension REFERSModel: TrainedModel {
  public func rehearse(shards: [Range<Int>], on tape: Tape) throws {
    let slots = ViewFusion.slots(configuration)
    let tokens = [Int32](repeating: 0, count: configuration.text.maxTokens)
    let study = PreparedStudy(
      index: 0, key: 0,
      images: Array(repeating: .blank(side: configuration.image.crop), count: slots),
      slots: Array(0..<slots), encoderTokens: tokens, decoderTokens: tokens)
    let batch = StudyBatch(
      Array(repeating: study, count: shards.last?.upperBound ?? 0), shards: shards,
      patches: radiograph.patches)
    let outputs = try forward(batch, on: tape)
    let row = [Float](
      repeating: 0, count: outputs.image.value.rows * outputs.image.value.columns)
    for variable in [outputs.image, outputs.text] { try tape.seed(variable, gradient: row) }
    try tape.backward()
  }
}

extension GrayImage {
  /// A black square.
  static func blank(side: Int) -> GrayImage {
    GrayImage(width: side, height: side, pixels: [Float](repeating: 0, count: side * side))
  }
}
