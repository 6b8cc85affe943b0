/// One study of a step, ready for the model.
public struct PreparedStudy: Sendable, Hashable {
  /// The study's index in its source.
  public let index: Int
  /// The random key of (seed, epoch, study); the model derives dropout from it.
  public let key: UInt64
  /// The distinct images to compute, each `crop` by `crop` in [0, 1]; the model normalises.
  public let images: [GrayImage]
  /// For each view slot the index of its image in `images`.
  public let slots: [Int]
  /// `[CLS] w1 ... wn [SEP]`, at most `maxTokens` ids of the text encoder's vocabulary.
  public let encoderTokens: [Int32]
  /// The same ids, or those of the decoder's own vocabulary where one is asked for.
  public let decoderTokens: [Int32]

  public init(
    index: Int, key: UInt64, images: [GrayImage], slots: [Int], encoderTokens: [Int32],
    decoderTokens: [Int32]
  ) {
    self.index = index
    self.key = key
    self.images = images
    self.slots = slots
    self.encoderTokens = encoderTokens
    self.decoderTokens = decoderTokens
  }
}
