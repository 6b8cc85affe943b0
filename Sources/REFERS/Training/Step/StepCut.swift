/// How the shards of a rank go through the model: a matter of memory, never of the result.
public struct StepCut: Sendable, Equatable {
  /// The most shards that go together, a power of two; all where nil.
  public var shards: Int?
  /// The segments of the model, the first ones, that are computed a second time on the way back
  /// instead of being remembered.
  public var recomputedSegments: Int

  public init(shards: Int? = nil, recomputedSegments: Int = 0) {
    self.shards = shards
    self.recomputedSegments = recomputedSegments
  }
}
