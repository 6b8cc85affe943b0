extension GrayImage {
  /// The picture at another size, bilinear.
  ///
  /// With `antialias`, a side that shrinks is averaged by a triangle as wide as the step between
  /// new pixels, as Pillow's `BILINEAR` and torchvision's antialiased resize do; without, only the
  /// two nearest pixels count, as in OpenCV's `INTER_LINEAR`. Rows are filtered first, then columns.
  /// An empty image, or an empty size, gives an empty image.
  public func resized(width: Int, height: Int, antialias: Bool = true) -> GrayImage {
    if width == self.width, height == self.height { return self }
    let resampler = Resampler(
      source: (self.width, self.height), target: (width, height), antialias: antialias)
    let values = pixels.withUnsafeBufferPointer { source in
      resampler.run { row, scratch in
        let start = row * self.width
        scratch.update(from: source.baseAddress! + start, count: self.width)
      }
    }
    return GrayImage(width: width, height: height, pixels: values)
  }
}

extension GrayBytes {
  /// The picture at another size, bilinear and antialiased, rounded to bytes at the end.
  public func resized(width: Int, height: Int, antialias: Bool = true) -> GrayBytes {
    if width == self.width, height == self.height { return self }
    let resampler = Resampler(
      source: (self.width, self.height), target: (width, height), antialias: antialias)
    let values = pixels.withUnsafeBufferPointer { source in
      resampler.run { row, scratch in
        let start = row * self.width
        for x in 0..<self.width { scratch[x] = Float(source[start + x]) }
      }
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: values.count) { bytes, count in
      for index in values.indices {
        bytes[index] = UInt8(min(max(values[index] + 0.5, 0), 255))
      }
      count = values.count
    }
    return GrayBytes(width: width, height: height, pixels: bytes)
  }
}
