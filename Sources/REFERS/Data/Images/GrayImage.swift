/// A gray image of floats in [0, 1], row-major.
public struct GrayImage: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// `height * width` values, row by row.
  public var pixels: [Float]

  /// An image of the given pixels, of which there must be `width * height`.
  public init(width: Int, height: Int, pixels: [Float]) {
    precondition(pixels.count == width * height, "An image needs width * height pixels.")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The same picture with 0 ... 255 brought to [0, 1].
  public init(_ image: GrayBytes) {
    self.init(
      width: image.width, height: image.height, pixels: image.pixels.map { Float($0) / 255 })
  }
}

/// A gray image of bytes, row-major: what decoding yields and what is kept between epochs.
public struct GrayBytes: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// `height * width` values, row by row; 0 is black.
  public var pixels: [UInt8]

  /// An image of the given pixels, of which there must be `width * height`.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(pixels.count == width * height, "An image needs width * height pixels.")
    self.width = width
    self.height = height
    self.pixels = pixels
  }
}
