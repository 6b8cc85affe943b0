/// Sizes of images on their way into the model.
public struct ImageOptions: Sendable, Hashable {
  /// The side every image is brought to first: of a square in the paper's form of augmentation,
  /// the short side in the code's.
  public var resize: Int
  /// The side of the square the model sees.
  public var crop: Int
  /// The most pixels a file may claim before its memory is taken.
  public var pixelLimit: Int

  public init(resize: Int = 256, crop: Int = 224, pixelLimit: Int = 1 << 28) {
    self.resize = resize
    self.crop = crop
    self.pixelLimit = pixelLimit
  }
}
