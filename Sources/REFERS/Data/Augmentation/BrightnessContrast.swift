import Determinism

/// Changes brightness and contrast together with some probability, in random order.
///
/// Brightness: `x * b`. Contrast: `mean + (x - mean) * c`. Each is cut to [0, 1]; b and c are
/// uniform in 1 ± their strength, as ColorJitter draws them.
public struct BrightnessContrast: AugmentationStep {
  public let name = "brightness and contrast"
  public let probability: Float
  public let brightness: Float
  public let contrast: Float

  public init(probability: Float, brightness: Float, contrast: Float) {
    self.probability = probability
    self.brightness = brightness
    self.contrast = contrast
  }

  public func apply(
    to image: GrayImage, flipped: Bool, random: inout CounterRandom
  ) -> GrayImage {
    guard random.chance(probability) else { return image }
    let bright = random.uniform(1 - brightness, 1 + brightness)
    let contrasted = random.uniform(1 - contrast, 1 + contrast)
    var result = image
    if random.chance(0.5) {
      result.map(scale: bright, offset: 0)
      result.changeContrast(by: contrasted)
    } else {
      result.changeContrast(by: contrasted)
      result.map(scale: bright, offset: 0)
    }
    return result
  }
}

extension GrayImage {
  /// `mean + (x - mean) * factor`, cut to [0, 1].
  mutating func changeContrast(by factor: Float) {
    map(scale: factor, offset: mean * (1 - factor))
  }

  /// `x * scale + offset`, cut to [0, 1].
  mutating func map(scale: Float, offset: Float) {
    pixels.withUnsafeMutableBufferPointer { pixels in
      for index in pixels.indices {
        pixels[index] = min(max(pixels[index] * scale + offset, 0), 1)
      }
    }
  }

  /// The mean of all pixels, 0 of none; summed in a fixed order.
  var mean: Float {
    guard !pixels.isEmpty else { return 0 }
    let sum = pixels.withUnsafeBytes { bytes in
      let wide = bytes.count / 32 * 32
      var lanes = SIMD8<Float>.zero
      for offset in stride(from: 0, to: wide, by: 32) {
        lanes += bytes.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
      }
      var sum = Double(0)
      for lane in lanes.indices { sum += Double(lanes[lane]) }
      for offset in stride(from: wide, to: bytes.count, by: 4) {
        sum += Double(bytes.loadUnaligned(fromByteOffset: offset, as: Float.self))
      }
      return sum
    }
    return Float(sum / Double(pixels.count))
  }
}
