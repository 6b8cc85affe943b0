import Determinism
import Foundation

extension GrayImage {
  /// The picture turned counter-clockwise about its centre, bilinear, 0 where it had no pixel.
  public func rotated(degrees: Double) -> GrayImage {
    guard degrees != 0, width > 0, height > 0 else { return self }
    // A border of zeros, so that the four neighbours of any point beside the picture exist.
    let stride = width + 3
    var bordered = [Float](repeating: 0, count: stride * (height + 3))
    for row in 0..<height {
      let start = (row + 1) * stride + 1
      bordered.replaceSubrange(
        start..<start + width, with: pixels[row * width..<(row + 1) * width])
    }
    let angle = degrees * Double.pi / 180
    let (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
    let (centreX, centreY) = (Float(width - 1) / 2, Float(height - 1) / 2)
    let (lastX, lastY) = (Float(width), Float(height))
    let result = [Float](unsafeUninitializedCapacity: width * height) { result, count in
      bordered.withUnsafeBufferPointer { source in
        for row in 0..<height {
          let dy = Float(row) - centreY
          for column in 0..<width {
            let dx = Float(column) - centreX
            // Where the pixel comes from: the inverse turn, y pointing down.
            let x = min(max(cosine * dx - sine * dy + centreX, -1), lastX)
            let y = min(max(sine * dx + cosine * dy + centreY, -1), lastY)
            // Both are >= 0 after the shift by the border, so truncation is the floor.
            let (left, top) = (Int32(x + 1), Int32(y + 1))
            let (fx, fy) = (x + 1 - Float(left), y + 1 - Float(top))
            let start = Int(top) * stride + Int(left)
            let upper = source[start] + fx * (source[start + 1] - source[start])
            let below = start + stride
            let lower = source[below] + fx * (source[below + 1] - source[below])
            result[row * width + column] = upper + fy * (lower - upper)
          }
        }
      }
      count = width * height
    }
    return GrayImage(width: width, height: height, pixels: result)
  }
}

/// Turns the picture by an angle uniform in ± `degrees`.
public struct Rotation: AugmentationStep {
  public let name = "rotation"
  public let degrees: Float

  public init(degrees: Float) { self.degrees = degrees }

  public func apply(
    to image: GrayImage, flipped: Bool, random: inout CounterRandom
  ) -> GrayImage {
    image.rotated(degrees: Double(random.uniform(-degrees, degrees)))
  }
}
