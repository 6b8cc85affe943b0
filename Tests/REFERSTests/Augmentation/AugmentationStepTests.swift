import Determinism
import Foundation
import REFERS
import XCTest

final class AugmentationStepTests: XCTestCase {
  /// A picture whose pixels all differ.
  private func picture(_ width: Int, _ height: Int) -> GrayImage {
    let count = width * height
    return GrayImage(
      width: width, height: height,
      pixels: (0..<count).map { Float($0 * 7919 % count) / Float(count) })
  }

  func testMirror() {
    let image = GrayImage(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6])
    XCTAssertEqual(image.mirrored().pixels, [3, 2, 1, 6, 5, 4])
    XCTAssertEqual(image.mirrored().mirrored(), image)
  }

  func testCrop() {
    let image = GrayImage(width: 3, height: 3, pixels: (0..<9).map(Float.init))
    XCTAssertEqual(image.cropped(x: 1, y: 1, width: 2, height: 2).pixels, [4, 5, 7, 8])
    var random = CounterRandom(seed: 1)
    XCTAssertEqual(
      CentreCrop(side: 1).apply(to: image, flipped: false, random: &random).pixels, [4])
  }

  func testRandomCropReachesEveryPlaceEquallyOften() {
    let image = GrayImage(width: 4, height: 3, pixels: (0..<12).map(Float.init))
    var counts: [Float: Int] = [:]
    var random = CounterRandom(seed: 3)
    for _ in 0..<6000 {
      let crop = RandomCrop(side: 2).apply(to: image, flipped: false, random: &random)
      XCTAssertEqual(crop.pixels[3], crop.pixels[0] + 5)
      counts[crop.pixels[0], default: 0] += 1
    }
    XCTAssertEqual(Set(counts.keys), [0, 1, 2, 4, 5, 6])
    for count in counts.values { XCTAssertEqual(Double(count), 1000, accuracy: 150) }
  }

  func testRotationByRightAngles() {
    let image = GrayImage(width: 3, height: 3, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (degrees, wanted) in [
      (90.0, [3, 6, 9, 2, 5, 8, 1, 4, 7]), (180, [9, 8, 7, 6, 5, 4, 3, 2, 1]),
      (-90, [7, 4, 1, 8, 5, 2, 9, 6, 3]), (0, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ] as [(Double, [Float])] {
      for (value, wanted) in zip(image.rotated(degrees: degrees).pixels, wanted) {
        XCTAssertEqual(value, wanted, accuracy: 1e-5, "\(degrees)")
      }
    }
  }

  /// Against a plain rotation in double that reads zero outside of the picture.
  func testRotationEqualsTheReference() {
    for (width, height, degrees) in [(17, 17, 10.0), (16, 23, -7.3), (31, 8, 45), (5, 5, 0.01)] {
      let image = picture(width, height)
      let turned = image.rotated(degrees: degrees)
      let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
      func pixel(_ x: Int, _ y: Int) -> Double {
        (0..<width).contains(x) && (0..<height).contains(y)
          ? Double(image.pixels[y * width + x]) : 0
      }
      for row in 0..<height {
        for column in 0..<width {
          let dx = Double(column) - Double(width - 1) / 2
          let dy = Double(row) - Double(height - 1) / 2
          let x = cosine * dx - sine * dy + Double(width - 1) / 2
          let y = sine * dx + cosine * dy + Double(height - 1) / 2
          let (left, top) = (Int(floor(x)), Int(floor(y)))
          let (fx, fy) = (x - floor(x), y - floor(y))
          let upper = pixel(left, top) * (1 - fx) + pixel(left + 1, top) * fx
          let lower = pixel(left, top + 1) * (1 - fx) + pixel(left + 1, top + 1) * fx
          XCTAssertEqual(
            Double(turned.pixels[row * width + column]), upper * (1 - fy) + lower * fy,
            accuracy: 1e-5)
        }
      }
    }
  }

  func testBrightnessAndContrast() {
    let image = GrayImage(width: 4, height: 1, pixels: [0.1, 0.3, 0.5, 0.9])
    var changed = 0
    var random = CounterRandom(seed: 9)
    let step = BrightnessContrast(probability: 0.8, brightness: 0.4, contrast: 0)
    for _ in 0..<4000 {
      let result = step.apply(to: image, flipped: false, random: &random)
      if result != image { changed += 1 }
      let factor = result.pixels[0] / 0.1
      XCTAssertTrue((0.599...1.401).contains(factor), "\(factor)")
      for (new, old) in zip(result.pixels, image.pixels) {
        XCTAssertEqual(new, min(1, old * factor), accuracy: 1e-5)
      }
    }
    XCTAssertEqual(Double(changed) / 4000, 0.8, accuracy: 0.03)
    let contrast = BrightnessContrast(probability: 1, brightness: 0, contrast: 0.2)
    for _ in 0..<100 {
      let result = contrast.apply(to: image, flipped: false, random: &random)
      let factor = (result.pixels[2] - result.pixels[1]) / 0.2
      XCTAssertTrue((0.799...1.201).contains(factor), "\(factor)")
      for (new, old) in zip(result.pixels, image.pixels) {
        XCTAssertEqual(new, min(1, max(0, 0.45 + (old - 0.45) * factor)), accuracy: 1e-5)
      }
    }
  }

  func testRandomResizedCrop() {
    // A ramp to the right and down: the corners of a crop tell its place and size.
    let (width, height) = (200, 160)
    let image = GrayImage(
      width: width, height: height,
      pixels: (0..<width * height).map { Float($0 % width) + 1000 * Float($0 / width) })
    let step = RandomResizedCrop(side: 64)
    var areas: [Double] = []
    for draw in 0..<2000 {
      var random = CounterRandom(seed: 4, UInt64(draw))
      let crop = step.apply(to: image, flipped: false, random: &random)
      XCTAssertEqual([crop.width, crop.height], [64, 64])
      let (first, last) = (Double(crop.pixels[32 * 64 + 10]), Double(crop.pixels[32 * 64 + 50]))
      let wide = (last - first).truncatingRemainder(dividingBy: 1000) / 40 * 64
      let (top, bottom) = (Double(crop.pixels[10 * 64 + 32]), Double(crop.pixels[50 * 64 + 32]))
      let high = (bottom - top) / 1000 / 40 * 64
      areas.append(wide * high / Double(width * height))
      XCTAssertTrue((0.57...1.05).contains(wide / high), "aspect \(wide / high)")
    }
    XCTAssertGreaterThan(areas.min() ?? 0, 0.04)
    XCTAssertLessThan(areas.max() ?? 2, 1.01)
    XCTAssertLessThan(areas.min() ?? 1, 0.08)
    XCTAssertGreaterThan(areas.max() ?? 0, 0.6)
  }

  func testAStepMoreLeavesTheOthersAsTheyWere() {
    struct Negative: AugmentationStep {
      let name = "negative"
      func apply(
        to image: GrayImage, flipped: Bool, random: inout CounterRandom
      ) -> GrayImage {
        GrayImage(width: image.width, height: image.height, pixels: image.pixels.map { 1 - $0 })
      }
    }
    let base = GrayBytes(width: 20, height: 20, pixels: (0..<400).map { UInt8($0 * 31 % 256) })
    let options = ImageOptions(resize: 20, crop: 12)
    let usual = Augmentation.training(AugmentationOptions(rotation: 0), image: options)
    let extended = Augmentation(steps: [Negative()] + usual.steps.prefix(2))
    let plain = Augmentation(steps: Array(usual.steps.prefix(2)))
    let random = CounterRandom(seed: 1, 2, 3)
    let wanted = plain.apply(to: base, flipped: true, random: random).pixels.map { 1 - $0 }
    XCTAssertEqual(extended.apply(to: base, flipped: true, random: random).pixels, wanted)
  }

  func testFormsHaveTheStepsOfTheSpecification() {
    let image = ImageOptions(resize: 256, crop: 224)
    func names(_ augmentation: Augmentation) -> [String] { augmentation.steps.map(\.name) }
    XCTAssertEqual(
      names(.training(AugmentationOptions(), image: image)),
      ["crop", "flip", "rotation", "brightness and contrast"])
    XCTAssertEqual(
      names(.training(AugmentationOptions(form: .code), image: image)),
      ["resized crop", "flip", "brightness and contrast"])
    XCTAssertEqual(
      names(.training(AugmentationOptions(enabled: false), image: image)), ["centre crop"])
    XCTAssertEqual(
      names(.validation(AugmentationOptions(form: .code), image: image)), ["resize"])
  }
}
