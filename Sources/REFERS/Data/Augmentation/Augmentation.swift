import Determinism
import Diagnostics

/// An ordered list of steps that turn a decoded radiograph into what the model sees.
public struct Augmentation: Sendable {
  /// The steps in order.
  public let steps: [any AugmentationStep]

  /// An augmentation of any steps.
  public init(steps: [any AugmentationStep]) { self.steps = steps }

  /// The steps of training, REFERS sec. 7.4.
  ///
  /// `paper`, on a square of side `resize`: random crop, flip, rotation, brightness and contrast.
  /// `code`, on an image of short side `resize`: random resized crop of 5 to 100 % of the area and
  /// aspect 0.6 to 1, flip, brightness and contrast.
  public static func training(
    _ options: AugmentationOptions, image: ImageOptions
  ) -> Augmentation {
    guard options.enabled else { return validation(options, image: image) }
    let jitter = BrightnessContrast(
      probability: options.jitterProbability, brightness: options.brightness,
      contrast: options.contrast)
    switch options.form {
    case .paper:
      return Augmentation(steps: [
        RandomCrop(side: image.crop), Flip(), Rotation(degrees: options.rotation), jitter,
      ])
    case .code:
      return Augmentation(steps: [RandomResizedCrop(side: image.crop), Flip(), jitter])
    case .codeFineTuning:
      return Augmentation(steps: [
        RandomResizedCrop(side: image.crop, area: 0.08...1, aspect: 3 / 4...4 / 3), Flip(),
      ])
    }
  }

  /// The steps of validation: a centre crop, or in the code's form a resize straight to the crop; in
  /// its form for fine-tuning a resize of the short side first.
  public static func validation(
    _ options: AugmentationOptions, image: ImageOptions
  ) -> Augmentation {
    switch options.form {
    case .paper: Augmentation(steps: [CentreCrop(side: image.crop)])
    case .code: Augmentation(steps: [Resize(width: image.crop, height: image.crop)])
    case .codeFineTuning:
      Augmentation(steps: [ShortSide(side: image.crop), CentreCrop(side: image.crop)])
    }
  }

  /// Applies all steps; `random` is the stream of this radiograph of this study in this epoch.
  public func apply(to base: GrayBytes, flipped: Bool, random: CounterRandom) -> GrayImage {
    var image = GrayImage(base)
    for step in steps {
      var stream = random.part(CounterRandom.word(step.name))
      image = step.apply(to: image, flipped: flipped, random: &stream)
    }
    return image
  }
}

extension AugmentationOptions {
  /// Refuses probabilities, factors and sizes that no image can be made with.
  public func validate(image: ImageOptions) throws {
    func require(_ holds: Bool, _ what: String, _ remedy: String) throws {
      guard holds else { throw Failure(.configuration, what, remedy: remedy) }
    }
    try require(
      image.crop > 0 && image.crop <= image.resize,
      "An image of side \(image.resize) has no crop of side \(image.crop).",
      "Let image.crop be at least 1 and at most image.resize.")
    for (name, value) in [("flip", flip), ("jitter_probability", jitterProbability)] {
      try require(
        (0...1).contains(value), "augmentation.\(name) is \(value).", "Give a number in 0 ... 1.")
    }
    for (name, value) in [("brightness", brightness), ("contrast", contrast)] {
      try require(
        (0...1).contains(value), "augmentation.\(name) is \(value).", "Give a number in 0 ... 1.")
    }
    try require(
      (0...180).contains(rotation), "augmentation.rotation is \(rotation).",
      "Give degrees in 0 ... 180.")
  }
}
