import Determinism
import Distributed
import REFERS

/// Studies without files: images of noise over a slope, reports of random words.
struct MadeUpStudies {
  let crop: Int
  let vocabulary: Int
  let slots: Int
  /// Whether a radiograph in two slots is computed for each.
  let repeats: Bool
  let seed: UInt64
  /// The place in each step of a study whose report loses a word.
  let changed: Int?

  init(_ configuration: Configuration, vocabulary: Int, options: Options) {
    crop = configuration.image.crop
    self.vocabulary = vocabulary
    slots = configuration.model.fusion == .none ? 1 : 3
    repeats = configuration.views.repeat == .independent
    seed = options.seed
    changed = options.changed
  }

  /// The study at a place of a step.
  func study(step: Int, place: Int) -> PreparedStudy {
    var random = CounterRandom(seed: seed, 1, UInt64(step), UInt64(place))
    // 1, 2, 3 or 4 radiographs; at most three of them are computed.
    let draw = random.uniform()
    let radiographs = draw < 0.46 ? 1 : draw < 0.90 ? 2 : draw < 0.98 ? 3 : 4
    let images = (0..<(repeats ? slots : min(radiographs, slots))).map { image in
      GrayImage(width: crop, height: crop, pixels: pixels(step, place, image))
    }
    let words = 5 + random.integer(below: 56) - (place == changed ? 1 : 0)
    let tokens =
      [2] + (0..<words).map { _ in Int32(5 + random.integer(below: vocabulary - 5)) } + [3]
    return PreparedStudy(
      index: place,
      key: CounterRandom(seed: seed, 2, UInt64(step), UInt64(place)).key, images: images,
      slots: (0..<slots).map { $0 < images.count ? $0 : ($0 + place) % images.count },
      encoderTokens: tokens, decoderTokens: tokens)
  }

  /// Those that this rank takes of a step of `count` studies.
  func studies(step: Int, count: Int, plan: ShardPlan) -> [PreparedStudy] {
    plan.studies(ofRank: plan.rank, count: count).map { study(step: step, place: $0) }
  }

  private func pixels(_ step: Int, _ place: Int, _ image: Int) -> [Float] {
    var random = CounterRandom(seed: seed, 3, UInt64(step), UInt64(place), UInt64(image))
    let slope = random.uniform(-0.5, 0.5) / Float(crop)
    return (0..<crop * crop).map { pixel in
      let grey = 0.5 + slope * Float(pixel % crop - pixel / crop)
      return min(1, max(0, grey + random.uniform(-0.2, 0.2)))
    }
  }
}
