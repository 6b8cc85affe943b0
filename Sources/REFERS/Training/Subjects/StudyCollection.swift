import Determinism
import Diagnostics
import Distributed
import Foundation

/// The studies of a run, divided and tokenised: what a configuration's `data` and `text` name.
struct StudyCollection {
  let source: any StudySource
  let training: [Int]
  let validation: [Int]
  let vocabulary: WordPieceVocabulary
  let decoderVocabulary: WordPieceVocabulary?

  /// Opens or makes the studies, and reads or trains the vocabulary.
  ///
  /// Synthetic studies are written by all ranks together beside the run's output, once for all runs
  /// there. Rank 0 trains the vocabulary and hands it to the others; a run that goes on keeps its
  /// own.
  init(
    _ start: RunStart, communicator: Communicator, threads: Int,
    observer: (any TrainingObserver)?
  ) throws {
    let configuration = start.configuration
    var source = try Self.open(
      configuration, communicator: communicator, threads: threads, observer: observer)
    let set: ValidationSet = configuration.data.validation == .paper ? .paper : .validate
    var training = source.indices(of: [.train])
    var validation = source.indices(of: set.splits)
    if configuration.data.overfit > 0 {
      training = try Self.distinct(training, in: source, limit: configuration.data.overfit)
      validation = training
    }
    guard !training.isEmpty, !validation.isEmpty else {
      throw Failure(
        .input,
        "there are \(training.count) studies to train on and \(validation.count) to validate on.",
        remedy: "Check the split of the data; both parts need at least one study with a report.")
    }
    if communicator.rank == 0 {
      if !source.imagesAreChecked { try Self.requireImages(of: training + validation, in: source) }
      for notice in source.notices { observer?.warned(notice) }
      for left in source.leftOut where left.count > 0 {
        let studies = left.count == 1 ? "study" : "studies"
        observer?.preparing("\(left.count) \(studies) left out: \(left.reason)")
      }
    }

    let isSynthetic = configuration.data.path == nil && configuration.data.manifest == nil
    if !isSynthetic, !source.imagesAreChecked {
      let decodable = try Self.decodable(
        training + validation, of: source, configuration, communicator: communicator,
        workers: threads, observer: observer)
      training = training.filter(decodable.isUsable)
      validation = validation.filter(decodable.isUsable)
      source = decodable
      guard !training.isEmpty, !validation.isEmpty else {
        throw Failure(
          .input, "No study to train on or none to validate on has an image that can be decoded.",
          remedy: "See quarantine.csv in the run's folder.")
      }
    }
    self.source = source
    self.training = training
    self.validation = validation

    func shared(_ make: () throws -> [String]) throws -> WordPieceVocabulary {
      let text = communicator.rank == 0 ? try make().joined(separator: "\n") : ""
      return try WordPieceVocabulary(bytes: Array(communicator.broadcast(text).utf8))
    }
    func trained(size: Int) throws -> [String] {
      if configuration.data.overfit == 0, let store = source as? StudyStore,
        let made = try store.vocabulary(size: size, lowerCase: configuration.text.lowerCase)
      {
        return made.tokens
      }
      let reports = try training.map { try source.report(of: $0) }
      return try WordPieceTrainer(size: size)
        .train(on: reports, lowerCase: configuration.text.lowerCase).tokens
    }
    let text = configuration.text
    vocabulary = try shared {
      if let point = start.point { return try point.vocabulary().tokens }
      if let path = text.pretrained { return try BERTDirectory(path: path).vocabulary().tokens }
      if let file = text.vocabulary { return try WordPieceVocabulary(contentsOf: file).tokens }
      return try trained(size: text.vocabularySize)
    }
    decoderVocabulary =
      text.decoderVocabularySize > 0
      ? try shared {
        try start.point?.decoderVocabulary()?.tokens ?? trained(size: text.decoderVocabularySize)
      } : nil
  }

  /// Prepares studies as the configuration says.
  func preparer(_ configuration: Configuration, cacheBytes: Int) throws -> StudyPreparer {
    let lowerCase = configuration.text.lowerCase
    return try StudyPreparer(
      source: source,
      tokenizer: WordPieceTokenizer(vocabulary: vocabulary, lowerCase: lowerCase),
      decoderTokenizer: decoderVocabulary.map {
        WordPieceTokenizer(vocabulary: $0, lowerCase: lowerCase)
      },
      text: TextOptions(maxTokens: configuration.text.maxTokens, lowerCase: lowerCase),
      image: ImageOptions(resize: configuration.image.resize, crop: configuration.image.crop),
      augmentation: AugmentationOptions(configuration.augmentation),
      views: ViewOptions(configuration), seed: UInt64(configuration.seed),
      cache: ImageCache(budget: cacheBytes))
  }

  /// The source of studies that a configuration names, or synthetic ones.
  static func open(
    _ configuration: Configuration, communicator: Communicator, threads: Int,
    observer: (any TrainingObserver)?
  ) throws -> any StudySource {
    let data = configuration.data
    let seed = UInt64(configuration.seed)
    let readsReports = configuration.objective == .reports
    if let path = data.path {
      guard StudyStore.isStore(path) else {
        return try StudyLayout.open(path, readsReports: readsReports, seed: seed)
      }
      let store = try StudyStore(directory: path)
      let augmentation = AugmentationOptions(configuration.augmentation)
      try store.side(of: BaseSize(augmentation: augmentation, resize: configuration.image.resize))
      try store.require(share: data.badImages)
      return store
    }
    if let path = data.manifest {
      return try ManifestSource(
        path: path, root: data.root, readsReports: readsReports, seed: seed)
    }
    let synthetic = data.synthetic
    let set = SyntheticStudySet(
      train: synthetic.train, validate: synthetic.validate, seed: UInt64(synthetic.seed))
    let directory = syntheticFolder(configuration)
    // Another run may be about to write the same set.
    let token = try communicator.broadcast(UUID().uuidString)
    let writer = SyntheticStudyWriter(set, to: directory, token: token)
    // Rank 0 looks: others may see a file system that lags behind.
    if try communicator.broadcast(writer.isComplete ? Int32(1) : 0) == 0 {
      observer?.preparing("writing synthetic studies into \(directory)")
      try writer.write(workers: threads, part: communicator.rank, of: communicator.size)
      try communicator.barrier()
      if communicator.rank == 0 { try writer.finish() }
      try communicator.barrier()
    }
    return try MIMICSource(directory: directory, readsReports: readsReports)
  }

  /// Where the synthetic studies of a configuration are: beside the run's output.
  static func syntheticFolder(_ configuration: Configuration) -> String {
    let synthetic = configuration.data.synthetic
    let beside = PathName(configuration.output).parent
    let name = "synthetic-\(synthetic.train)-\(synthetic.validate)-\(synthetic.seed)"
    return PathName.join(beside, name)
  }

  /// The first studies whose reports differ from all before them.
  private static func distinct(
    _ studies: [Int], in source: any StudySource, limit: Int
  ) throws -> [Int] {
    var seen: Set<String> = []
    var chosen: [Int] = []
    for study in studies where chosen.count < limit {
      if seen.insert(try source.report(of: study)).inserted { chosen.append(study) }
    }
    return chosen
  }
}

extension AugmentationOptions {
  init(_ options: Configuration.Augmentation) {
    self.init(
      enabled: options.enabled, form: AugmentationForm(options.form),
      flipForm: options.form == .code ? .code : .study, flip: Float(options.flip),
      rotation: Float(options.rotation), jitterProbability: Float(options.jitterProbability),
      brightness: Float(options.brightness), contrast: Float(options.contrast))
  }
}

extension AugmentationForm {
  init(_ form: Configuration.Augmentation.Form) {
    self =
      switch form {
      case .paper: .paper
      case .code: .code
      case .codeFineTuning: .codeFineTuning
      }
  }
}

extension ViewOptions {
  init(_ configuration: Configuration) {
    self.init(
      sampling: configuration.views.sampling == .paper ? .paper : .withReplacement,
      repeat: configuration.views.repeat == .reuse ? .reuse : .independent,
      slots: ViewFusion.slots(configuration))
  }
}
