import Determinism

extension GrayImage {
  /// The picture mirrored left to right.
  public func mirrored() -> GrayImage {
    var result = pixels
    for row in 0..<height {
      result[row * width..<(row + 1) * width].reverse()
    }
    return GrayImage(width: width, height: height, pixels: result)
  }
}

/// Mirrors the picture where its study is mirrored; draws nothing itself.
public struct Flip: AugmentationStep {
  public let name = "flip"

  public init() {}

  public func apply(
    to image: GrayImage, flipped: Bool, random: inout CounterRandom
  ) -> GrayImage {
    flipped ? image.mirrored() : image
  }
}
