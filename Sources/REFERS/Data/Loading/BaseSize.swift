/// The size an image is brought to right after decoding, before any random step.
public enum BaseSize: Sendable, Hashable {
  /// A square of this side, whatever the aspect (the paper's form).
  case square(Int)
  /// The short side, aspect kept (the code's form).
  case shortSide(Int)

  /// The size that images have before a form of augmentation.
  public init(augmentation: AugmentationOptions, resize: Int) {
    self = augmentation.form == .paper ? .square(resize) : .shortSide(resize)
  }

  /// The side a decoded image must at least have, so that nothing is enlarged needlessly.
  var minimumSide: Int {
    switch self {
    case .square(let side), .shortSide(let side): side
    }
  }

  /// Reads an image file at this size, 8 bits.
  public func read(_ file: String, pixelLimit: Int) throws -> GrayBytes {
    let image = try ImageFile.decode(file, minimumSide: minimumSide, pixelLimit: pixelLimit)
    let size = fitted(width: image.width, height: image.height)
    try ImageFile.check(width: size.width, height: size.height, pixelLimit: pixelLimit)
    return image.resized(width: size.width, height: size.height)
  }

  private func fitted(width: Int, height: Int) -> (width: Int, height: Int) {
    switch self {
    case .square(let side): return (side, side)
    case .shortSide(let side):
      let scale = Double(side) / Double(min(width, height))
      return width < height
        ? (side, Int((Double(height) * scale).rounded()))
        : (Int((Double(width) * scale).rounded()), side)
    }
  }
}
