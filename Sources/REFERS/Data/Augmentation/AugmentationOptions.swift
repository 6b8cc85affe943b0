/// Whose augmentation is used (REFERS sec. 7.4).
public enum AugmentationForm: String, Sendable, CaseIterable {
  /// Resize, random crop, flip, rotation, brightness and contrast.
  case paper
  /// Random resized crop, flip, brightness and contrast; no rotation.
  case code
  /// The code's form for fine-tuning: torchvision's random resized crop, and flip (sec. 8.1).
  case codeFineTuning
}

/// How a flip is decided (REFERS sec. 7.5).
public enum FlipForm: String, Sendable, CaseIterable {
  /// Once for a study: all views are mirrored and the report swaps left and right by whole words.
  case study
  /// As the published code: each view by itself, the report follows the first one and swaps any
  /// lower-case "left" or "right", inside words too.
  case code
}

/// What training does to a radiograph before the model sees it.
public struct AugmentationOptions: Sendable, Hashable {
  /// Off: every image is only resized and cropped at the centre, as in validation.
  public var enabled: Bool
  public var form: AugmentationForm
  public var flipForm: FlipForm
  /// The probability that a study is mirrored.
  public var flip: Float
  /// Rotation is uniform in ± this many degrees.
  public var rotation: Float
  /// The probability that brightness and contrast are changed.
  public var jitterProbability: Float
  /// The brightness factor is uniform in 1 ± this.
  public var brightness: Float
  /// The contrast factor is uniform in 1 ± this.
  public var contrast: Float

  public init(
    enabled: Bool = true, form: AugmentationForm = .paper, flipForm: FlipForm = .study,
    flip: Float = 0.5, rotation: Float = 10, jitterProbability: Float = 0.8,
    brightness: Float = 0.4, contrast: Float = 0.4
  ) {
    self.enabled = enabled
    self.form = form
    self.flipForm = flipForm
    self.flip = flip
    self.rotation = rotation
    self.jitterProbability = jitterProbability
    self.brightness = brightness
    self.contrast = contrast
  }
}
