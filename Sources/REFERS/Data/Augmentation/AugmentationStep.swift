import Determinism

/// One step of an augmentation: a picture in, a picture out.
///
/// A new step is a type that conforms to this and stands in the list of an ``Augmentation``. Each
/// step has a random stream of its own, named by `name`, so that a step put in or taken out leaves
/// the draws of the others as they were.
public protocol AugmentationStep: Sendable {
  /// Names the step's random stream; no two steps of a list share a name.
  var name: String { get }

  /// The changed picture.
  ///
  /// - Parameters:
  ///   - flipped: whether the study is mirrored, which is decided once for all its views.
  ///   - random: the step's stream for this radiograph of this study in this epoch.
  func apply(to image: GrayImage, flipped: Bool, random: inout CounterRandom) -> GrayImage
}
