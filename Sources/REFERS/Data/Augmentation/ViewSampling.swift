import Determinism

/// Which radiographs of a study fill the view slots, and which images that takes.
public struct ViewSampling: Sendable, Hashable {
  /// One image to make: a radiograph, and which copy of it.
  public struct Image: Sendable, Hashable {
    /// The index of the radiograph in its study.
    public let radiograph: Int
    /// 0, or the slot where each slot has its own augmentation.
    public let copy: Int
  }

  /// The distinct images, in the order of their first slot.
  public let images: [Image]
  /// For each slot the index of its image.
  public let slots: [Int]

  /// Draws the views of a study with `count` radiographs for training (REFERS sec. 2).
  ///
  /// `paper`: a permutation without replacement; a study with fewer radiographs than slots shows all
  /// of them, fills up with random repeats, and is shuffled. `with_replacement`: each slot by itself.
  public static func training(
    radiographs count: Int, options: ViewOptions, random: inout CounterRandom
  ) -> ViewSampling {
    let chosen: [Int]
    switch options.sampling {
    case .withReplacement:
      chosen = (0..<options.slots).map { _ in random.integer(below: count) }
    case .paper:
      var views = Array(random.permutation(count).prefix(options.slots))
      if views.count < options.slots {
        while views.count < options.slots { views.append(random.integer(below: count)) }
        views = random.permutation(views.count).map { views[$0] }
      }
      chosen = views
    }
    return ViewSampling(chosen: chosen, repeat: options.repeat)
  }

  /// The fixed views of validation: the first radiographs by name, again from the first one where
  /// there are fewer than slots (REFERS sec. 6).
  public static func validation(radiographs count: Int, options: ViewOptions) -> ViewSampling {
    // Without random numbers all copies of a radiograph are equal: compute it once in any form.
    ViewSampling(chosen: (0..<options.slots).map { $0 % count }, repeat: .reuse)
  }

  private init(chosen: [Int], repeat form: ViewRepeat) {
    var images: [Image] = []
    var slots: [Int] = []
    for (slot, radiograph) in chosen.enumerated() {
      let image = Image(radiograph: radiograph, copy: form == .reuse ? 0 : slot)
      if let index = images.firstIndex(of: image) {
        slots.append(index)
      } else {
        slots.append(images.count)
        images.append(image)
      }
    }
    self.images = images
    self.slots = slots
  }
}
