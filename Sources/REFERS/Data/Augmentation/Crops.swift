import Determinism
import Foundation

extension GrayImage {
  /// The part of the picture whose top left corner is (x, y); it must lie inside.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> GrayImage {
    precondition(
      x >= 0 && y >= 0 && width >= 0 && height >= 0 && x + width <= self.width
        && y + height <= self.height, "A crop lies inside its image.")
    if width == self.width, height == self.height { return self }
    var part: [Float] = []
    part.reserveCapacity(width * height)
    for row in y..<y + height {
      part.append(contentsOf: pixels[row * self.width + x..<row * self.width + x + width])
    }
    return GrayImage(width: width, height: height, pixels: part)
  }
}

/// A square at a uniformly drawn place.
public struct RandomCrop: AugmentationStep {
  public let name = "crop"
  public let side: Int

  public init(side: Int) { self.side = side }

  public func apply(
    to image: GrayImage, flipped: Bool, random: inout CounterRandom
  ) -> GrayImage {
    let (width, height) = (min(side, image.width), min(side, image.height))
    let x = random.integer(below: image.width - width + 1)
    let y = random.integer(below: image.height - height + 1)
    return image.cropped(x: x, y: y, width: width, height: height)
  }
}

/// The square in the middle.
public struct CentreCrop: AugmentationStep {
  public let name = "centre crop"
  public let side: Int

  public init(side: Int) { self.side = side }

  public func apply(
    to image: GrayImage, flipped: Bool, random: inout CounterRandom
  ) -> GrayImage {
    let (width, height) = (min(side, image.width), min(side, image.height))
    return image.cropped(
      x: (image.width - width) / 2, y: (image.height - height) / 2, width: width, height: height)
  }
}

/// A fixed size, whatever the aspect.
public struct Resize: AugmentationStep {
  public let name = "resize"
  public let width: Int
  public let height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  public func apply(
    to image: GrayImage, flipped: Bool, random: inout CounterRandom
  ) -> GrayImage {
    image.resized(width: width, height: height)
  }
}

/// A size whose short side is given, aspect kept.
public struct ShortSide: AugmentationStep {
  public let name = "short side"
  public let side: Int

  public init(side: Int) { self.side = side }

  public func apply(
    to image: GrayImage, flipped: Bool, random: inout CounterRandom
  ) -> GrayImage {
    let scale = Double(side) / Double(min(image.width, image.height))
    func scaled(_ length: Int) -> Int { max(side, Int((Double(length) * scale).rounded())) }
    return image.resized(width: scaled(image.width), height: scaled(image.height))
  }
}

/// A part of random area and aspect, brought to a square.
///
/// As Albumentations 0.5.2: ten tries with area uniform in `area` of the image's and the aspect
/// width / height log-uniform in `aspect`; then the largest central part of an allowed aspect.
/// Bilinear between the nearest pixels, without antialiasing.
public struct RandomResizedCrop: AugmentationStep {
  public let name = "resized crop"
  public let side: Int
  public let area: ClosedRange<Float>
  public let aspect: ClosedRange<Float>

  public init(
    side: Int, area: ClosedRange<Float> = 0.05...1, aspect: ClosedRange<Float> = 0.6...1
  ) {
    self.side = side
    self.area = area
    self.aspect = aspect
  }

  public func apply(
    to image: GrayImage, flipped: Bool, random: inout CounterRandom
  ) -> GrayImage {
    let part = part(of: image, &random)
    return image.cropped(x: part.x, y: part.y, width: part.width, height: part.height)
      .resized(width: side, height: side, antialias: false)
  }

  private func part(
    of image: GrayImage, _ random: inout CounterRandom
  ) -> (x: Int, y: Int, width: Int, height: Int) {
    let total = Double(image.width * image.height)
    let logAspect = (log(Double(aspect.lowerBound)), log(Double(aspect.upperBound)))
    for _ in 0..<10 {
      let wanted = total * Double(random.uniform(area.lowerBound, area.upperBound))
      let ratio = exp(logAspect.0 + (logAspect.1 - logAspect.0) * Double(random.uniform()))
      let width = Int((wanted * ratio).squareRoot().rounded())
      let height = Int((wanted / ratio).squareRoot().rounded())
      guard (1...image.width).contains(width), (1...image.height).contains(height) else {
        continue
      }
      let y = random.integer(below: image.height - height + 1)
      let x = random.integer(below: image.width - width + 1)
      return (x, y, width, height)
    }
    let ratio = Float(image.width) / Float(image.height)
    var (width, height) = (image.width, image.height)
    if ratio < aspect.lowerBound {
      height = max(1, Int((Float(width) / aspect.lowerBound).rounded()))
    } else if ratio > aspect.upperBound {
      width = max(1, Int((Float(height) * aspect.upperBound).rounded()))
    }
    (width, height) = (min(width, image.width), min(height, image.height))
    return ((image.width - width) / 2, (image.height - height) / 2, width, height)
  }
}
