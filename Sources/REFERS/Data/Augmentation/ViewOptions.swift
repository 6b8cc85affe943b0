/// How the radiographs of a study are drawn into view slots in training (REFERS sec. 2).
public enum ViewSamplingForm: String, Sendable, CaseIterable {
  /// Without replacement as far as the study reaches.
  case paper
  /// Each slot by itself, as in the published code.
  case withReplacement = "with_replacement"
}

/// What happens to a radiograph that fills more than one slot.
public enum ViewRepeat: String, Sendable, CaseIterable {
  /// It is augmented and computed once; its slots share the result.
  case reuse
  /// Each slot augments and computes its own copy, as in the published code.
  case independent
}

/// How a study's radiographs become the model's view slots.
public struct ViewOptions: Sendable, Hashable {
  public var sampling: ViewSamplingForm
  public var `repeat`: ViewRepeat
  /// The number of view slots: 3, or 1 without view fusion.
  public var slots: Int

  public init(
    sampling: ViewSamplingForm = .paper, repeat: ViewRepeat = .reuse, slots: Int = 3
  ) {
    self.sampling = sampling
    self.repeat = `repeat`
    self.slots = slots
  }
}
