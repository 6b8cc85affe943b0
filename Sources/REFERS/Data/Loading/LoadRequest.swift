/// The studies one call of ``StudyLoader/next()`` shall return.
public struct LoadRequest: Sendable, Hashable {
  public let epoch: Int
  /// Indices of studies in their source, in the order wanted.
  public let studies: [Int]
  /// Whether views are drawn and images augmented, or taken in the fixed form of validation.
  public let training: Bool

  public init(epoch: Int, studies: [Int], training: Bool) {
    self.epoch = epoch
    self.studies = studies
    self.training = training
  }
}
