import Determinism
import Diagnostics

/// Turns a study of a source into tensors' raw material, a pure function of (seed, epoch, study).
///
/// Which rank or thread prepares a study, and when, makes no difference: every random number is
/// keyed by (seed, epoch, study, purpose), and for images also by the radiograph.
public struct StudyPreparer: Sendable {
  public let source: any StudySource
  public let seed: UInt64
  /// Nil where reports are not looked at.
  private let encoder: WordPieceTokenizer?
  private let decoder: WordPieceTokenizer?
  private let text: TextOptions
  private let image: ImageOptions
  private let augmentation: AugmentationOptions
  private let views: ViewOptions
  private let cache: ImageCache?
  private let base: BaseSize
  private let training: Augmentation
  private let validation: Augmentation

  /// What is needed to prepare any study of a source.
  ///
  /// - Parameters:
  ///   - tokenizer: for the text encoder, and for the decoder too unless it has its own.
  ///   - decoderTokenizer: where the decoder has a vocabulary of its own.
  ///   - cache: images kept between epochs; of no influence on results.
  /// - Throws: `Failure(.configuration)` for options no study can be prepared with.
  public init(
    source: any StudySource, tokenizer: WordPieceTokenizer,
    decoderTokenizer: WordPieceTokenizer? = nil, text: TextOptions = TextOptions(),
    image: ImageOptions = ImageOptions(),
    augmentation: AugmentationOptions = AugmentationOptions(),
    views: ViewOptions = ViewOptions(), seed: UInt64, cache: ImageCache? = nil
  ) throws {
    guard text.maxTokens >= 3 else {
      throw Failure(
        .configuration, "text.max_tokens is \(text.maxTokens).",
        remedy: "Give at least 3: [CLS], one piece and [SEP].")
    }
    try self.init(
      source, encoder: tokenizer, decoder: decoderTokenizer, text, image, augmentation, views,
      seed, cache)
  }

  /// What is needed to prepare the images of any study of a source, one a study unless there are
  /// more view slots; its reports are not looked at, and the tokens are empty.
  ///
  /// - Throws: `Failure(.configuration)` for options no study can be prepared with.
  public init(
    source: any StudySource, image: ImageOptions, augmentation: AugmentationOptions,
    views: ViewOptions = ViewOptions(slots: 1), seed: UInt64, cache: ImageCache? = nil
  ) throws {
    try self.init(
      source, encoder: nil, decoder: nil, TextOptions(), image, augmentation, views, seed, cache)
  }

  private init(
    _ source: any StudySource, encoder: WordPieceTokenizer?, decoder: WordPieceTokenizer?,
    _ text: TextOptions, _ image: ImageOptions, _ augmentation: AugmentationOptions,
    _ views: ViewOptions, _ seed: UInt64, _ cache: ImageCache?
  ) throws {
    try augmentation.validate(image: image)
    guard views.slots > 0 else {
      throw Failure(
        .configuration, "There are \(views.slots) view slots.", remedy: "Ask for 1 or 3.")
    }
    self.source = source
    self.seed = seed
    self.encoder = encoder
    self.decoder = decoder
    self.text = text
    self.image = image
    self.augmentation = augmentation
    self.views = views
    self.cache = cache
    self.base = BaseSize(augmentation: augmentation, resize: image.resize)
    self.training = .training(augmentation, image: image)
    self.validation = .validation(augmentation, image: image)
  }

  /// Prepares a study for training in an epoch, or in the fixed form of validation.
  ///
  /// - Throws: a failure that names the study by its index and the image by its number.
  public func prepare(_ index: Int, epoch: Int, training: Bool) throws -> PreparedStudy {
    guard (0..<source.count).contains(index) else {
      throw Failure(.input, "There is no study \(index); the source has \(source.count).")
    }
    let study = source.study(index)
    do {
      return try prepare(study, index, epoch: epoch, training: training)
    } catch let failure as Failure {
      let place = study.place
      throw failure.within("study \(index)" + (place.isEmpty ? "" : " (\(place))"))
    }
  }

  private func prepare(
    _ study: Study, _ index: Int, epoch: Int, training: Bool
  ) throws -> PreparedStudy {
    func stream(_ purpose: RandomPurpose) -> CounterRandom {
      CounterRandom(seed: seed, epoch: epoch, study: index, purpose)
    }
    let count = study.radiographs.count
    guard count > 0 else {
      throw Failure(.input, "The study has no image.", remedy: "Leave it out.")
    }
    let sampling =
      training
      ? trainingViews(of: study, index, epoch: epoch)
      : ViewSampling.validation(radiographs: count, options: views)
    let flips = flips(of: sampling.images, stream(.flip), training: training)
    let steps = training ? self.training : validation
    let randomness = stream(.augmentation)
    let images = try zip(sampling.images, flips).map { image, flipped in
      steps.apply(
        to: try read(study.radiographs[image.radiograph], number: image.radiograph, of: index),
        flipped: flipped, random: Self.part(randomness, image))
    }
    let (encoderTokens, decoderTokens) = try tokens(of: index, flipped: flips[sampling.slots[0]])
    return PreparedStudy(
      index: index, key: stream(.model).key, images: images, slots: sampling.slots,
      encoderTokens: encoderTokens, decoderTokens: decoderTokens)
  }

  private func trainingViews(of study: Study, _ index: Int, epoch: Int) -> ViewSampling {
    var random = CounterRandom(seed: seed, epoch: epoch, study: index, .views)
    return ViewSampling.training(
      radiographs: study.radiographs.count, options: views, random: &random)
  }

  /// The images that training computes of a study in an epoch, without looking at them.
  func images(of index: Int, epoch: Int) -> Int {
    let study = source.study(index)
    guard !study.radiographs.isEmpty else { return 0 }
    return trainingViews(of: study, index, epoch: epoch).images.count
  }

  /// The tokens of a report as it stands, `[CLS]` and `[SEP]` included; none where it is not read.
  func tokenCount(of index: Int) throws -> Int {
    try tokens(of: index, flipped: false).encoder.count
  }

  /// A radiograph, counted from 0, as it is before augmentation.
  func image(_ number: Int, of index: Int) throws -> GrayBytes {
    try read(source.study(index).radiographs[number], number: number, of: index)
  }

  /// Whether each image is mirrored: all or none, except in the published code's form.
  private func flips(
    of images: [ViewSampling.Image], _ random: CounterRandom, training: Bool
  ) -> [Bool] {
    guard training, augmentation.enabled else { return images.map { _ in false } }
    switch augmentation.flipForm {
    case .study:
      var random = random
      let flipped = random.chance(augmentation.flip)
      return images.map { _ in flipped }
    case .code:
      return images.map { image in
        var random = Self.part(random, image)
        return random.chance(augmentation.flip)
      }
    }
  }

  private static func part(
    _ random: CounterRandom, _ image: ViewSampling.Image
  ) -> CounterRandom {
    random.part(UInt64(image.radiograph)).part(UInt64(image.copy))
  }

  private func read(_ radiograph: Radiograph, number: Int, of study: Int) throws -> GrayBytes {
    func load() throws -> GrayBytes {
      try base.read(radiograph.file, pixelLimit: image.pixelLimit)
    }
    do {
      if let image = try source.image(number, of: study, at: base) { return image }
      return try cache?.image(of: radiograph.file, load: load) ?? load()
    } catch let failure as Failure {
      throw failure.within("image \(number + 1)")
    }
  }

  private func tokens(
    of index: Int, flipped: Bool
  ) throws -> (encoder: [Int32], decoder: [Int32]) {
    guard let encoder else { return ([], []) }
    var report = try source.report(of: index)
    if flipped {
      report =
        augmentation.flipForm == .study
        ? LateralitySwap.wholeWords(report) : LateralitySwap.substrings(report)
    }
    let tokens = encoder.encode(report, maximum: text.maxTokens)
    return (tokens, decoder?.encode(report, maximum: text.maxTokens) ?? tokens)
  }
}
