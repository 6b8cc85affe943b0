import Tensors

/// Grey images as the rows of the patch embedding.
struct PatchPixels {
  /// Mean and deviation of the three channels of ImageNet, which public vision transformers expect.
  static let mean: [Float] = [0.485, 0.456, 0.406]
  static let deviation: [Float] = [0.229, 0.224, 0.225]

  let patch: Int
  let channels: Int

  /// Floats in a patch.
  var width: Int { channels * patch * patch }

  /// Writes one image as (side / patch)² rows of `width` floats, in the order channel, row, column.
  ///
  /// Three channels hold the grey value normalised by ImageNet's three means and deviations; one
  /// channel holds the grey value itself, to be used with folded weights (REFERS sec. 1.6).
  func write(_ image: GrayImage, to target: UnsafeMutablePointer<Float>) {
    let across = image.width / patch
    let down = image.height / patch
    image.pixels.withUnsafeBufferPointer { pixels in
      guard let pixels = pixels.baseAddress else { return }
      for cell in 0..<across * down {
        let corner = pixels + (cell / across) * patch * image.width + (cell % across) * patch
        var place = target + cell * width
        for channel in 0..<channels {
          let mean = channels == 1 ? 0 : PatchPixels.mean[channel]
          let scale = channels == 1 ? 1 : 1 / PatchPixels.deviation[channel]
          for y in 0..<patch {
            let row = corner + y * image.width
            for x in 0..<patch { place[x] = (row[x] - mean) * scale }
            place += patch
          }
        }
      }
    }
  }
}
