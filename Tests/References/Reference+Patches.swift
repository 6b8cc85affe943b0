extension Reference {
  /// The convolution that embeds patches: stride and kernel `patch`, over a grey image repeated in
  /// three channels, each normalised by ImageNet's mean and deviation.
  public struct PatchEmbedding {
    public static let mean = [0.485, 0.456, 0.406]
    public static let deviation = [0.229, 0.224, 0.225]

    public var crop: Int
    public var patch: Int
    public var width: Int

    public init(crop: Int, patch: Int, width: Int) {
      (self.crop, self.patch, self.width) = (crop, patch, width)
    }

    /// `gray` [crop, crop] in [0, 1], `weight` [width, 3, patch, patch] -> [patches, width], patches
    /// in row-major order.
    public func forward(_ gray: [Double], weight: [Double], bias: [Double]) -> [Double] {
      var result: [Double] = []
      for cell in 0..<(crop / patch) * (crop / patch) {
        for output in 0..<width {
          var total = bias[output]
          forEachPixel(of: cell, output: output) { pixel, channel, at in
            total += normalised(gray[pixel], channel) * weight[at]
          }
          result.append(total)
        }
      }
      return result
    }

    /// Gradients of weight and bias; an image needs none.
    public func backward(_ gradient: [Double], gray: [Double]) -> (
      weight: [Double], bias: [Double]
    ) {
      var (weight, bias) = (Reference.zeros(width * 3 * patch * patch), Reference.zeros(width))
      for cell in 0..<(crop / patch) * (crop / patch) {
        for output in 0..<width {
          let delta = gradient[cell * width + output]
          bias[output] += delta
          forEachPixel(of: cell, output: output) { pixel, channel, at in
            weight[at] += delta * normalised(gray[pixel], channel)
          }
        }
      }
      return (weight, bias)
    }

    private func normalised(_ value: Double, _ channel: Int) -> Double {
      (value - Self.mean[channel]) / Self.deviation[channel]
    }

    private func forEachPixel(
      of cell: Int, output: Int, _ body: (_ pixel: Int, _ channel: Int, _ weight: Int) -> Void
    ) {
      let (top, left) = (cell / (crop / patch) * patch, cell % (crop / patch) * patch)
      for channel in 0..<3 {
        for y in 0..<patch {
          for x in 0..<patch {
            let weight = ((output * 3 + channel) * patch + y) * patch + x
            body((top + y) * crop + left + x, channel, weight)
          }
        }
      }
    }
  }
}
