import Determinism

/// Studies without files: images of noise, reports of random words; the pixels are made once.
struct MadeUpStudies: BenchmarkStudies {
  let mix: StudyMix
  let vocabulary: Int
  private let batch: Int
  private let readsReports: Bool
  private let crop: Int
  private let slots: Int
  private let longest: Int
  private let seed: UInt64
  private let images: [GrayImage]

  /// - Parameters:
  ///   - slots: the view slots of a study; no more radiographs than that are computed.
  ///   - images: the different images there are.
  init(_ mix: StudyMix, _ configuration: Configuration, slots: Int, images: Int = 16) {
    let crop = configuration.image.crop
    let seed = UInt64(bitPattern: Int64(configuration.seed))
    self.mix = mix
    self.crop = crop
    vocabulary = configuration.text.vocabularySize
    batch = configuration.training.batch
    readsReports = configuration.objective == .reports
    self.slots = slots
    self.seed = seed
    longest = configuration.text.maxTokens
    self.images = (0..<images).map { number in
      var random = CounterRandom(seed: seed, UInt64(number), RandomPurpose.benchmark.rawValue)
      return GrayImage(
        width: crop, height: crop, pixels: (0..<crop * crop).map { _ in random.uniform() })
    }
  }

  var origin: String { "mix \(mix.rawValue)" }

  func indices(ofStep number: Int) -> [Int] { Array(0..<batch) }

  func workload(ofStep number: Int) -> StepWorkload {
    var workload = mix.step(number, count: batch, seed: seed)
    if !readsReports {
      workload.radiographs = Array(repeating: 1, count: batch)
      workload.tokens = []
    }
    return workload
  }

  func studies(_ places: some Sequence<Int>, ofStep number: Int) -> [PreparedStudy] {
    let workload = workload(ofStep: number)
    return places.map { place in
      var random = CounterRandom(seed: seed, epoch: number, study: place, .benchmark)
      let own = (0..<min(slots, workload.radiographs[place])).map { _ in
        images[random.integer(below: images.count)]
      }
      let words = workload.tokens.isEmpty ? 0 : max(1, min(workload.tokens[place], longest) - 2)
      let tokens =
        words == 0
        ? [] : [2] + (0..<words).map { _ in Int32(5 + random.integer(below: vocabulary - 5)) } + [3]
      return PreparedStudy(
        index: place, key: random.key, images: own, slots: (0..<slots).map { $0 % own.count },
        encoderTokens: tokens, decoderTokens: tokens)
    }
  }
}
