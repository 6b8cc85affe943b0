/// An image whose bytes cannot be decoded.
public struct UnusableImage: Codable, Sendable, Hashable, Comparable {
  /// The index of its study in the source.
  public let study: Int
  /// Its place among the study's radiographs, from 0.
  public let image: Int
  /// What the decoder said; never a path.
  public let reason: String

  public init(study: Int, image: Int, reason: String) {
    self.study = study
    self.image = image
    self.reason = reason
  }

  public static func < (a: UnusableImage, b: UnusableImage) -> Bool {
    (a.study, a.image) < (b.study, b.image)
  }
}
