import Diagnostics
import Distributed

/// Pre-training from reports.
final class ReportSubject: TrainingSubject {
  private let configuration: Configuration
  private let studies: StudyCollection
  private let refers: REFERSModel
  let meaning: ModelMeaning

  init(
    _ start: RunStart, communicator: Communicator, threads: Int,
    observer: (any TrainingObserver)?
  ) throws {
    configuration = start.configuration
    studies = try StudyCollection(
      start, communicator: communicator, threads: threads, observer: observer)
    refers = REFERSModel(
      configuration, vocabulary: studies.vocabulary.count,
      decoderVocabulary: studies.decoderVocabulary?.count)
    meaning = ModelMeaning(
      vocabulary: studies.vocabulary, decoderVocabulary: studies.decoderVocabulary)
  }

  var model: any TrainedModel { refers }
  var source: any StudySource { studies.source }
  var training: [Int] { studies.training }
  var validation: [Int] { studies.validation }

  func digest() throws -> String {
    try studiesDigest(of: [training, validation], in: source)
  }

  func startPretrained(over communicator: Communicator) throws -> [String] {
    try refers.startPretrained(over: communicator)
  }

  func engine(_ parts: EngineParts) throws -> any StepEngine {
    try ReportEngine(
      model: refers, compute: parts.compute, communicator: parts.communicator, tree: parts.tree,
      cut: parts.cut, messageBytes: parts.messageBytes, monitor: parts.monitor)
  }

  func preparer(cacheBytes: Int) throws -> StudyPreparer {
    try studies.preparer(configuration, cacheBytes: cacheBytes)
  }

  func validation(_ parts: ValidationParts) throws -> any Validation {
    guard let engine = parts.engine as? ReportEngine else {
      throw Failure(.configuration, "Another engine than that of reports.")
    }
    return ReportValidation(
      engine: engine, preparer: parts.preparer,
      plan: EpochPlan(
        seed: UInt64(configuration.seed), studies: validation,
        batch: configuration.training.batch, shuffled: false),
      workers: parts.workers, prefetch: configuration.data.prefetch)
  }

  func begin() throws {
    for (name, vocabulary) in meaning.vocabularies {
      try vocabulary.write(to: "\(configuration.output)/\(name)")
    }
  }

  func fitHead(_ parts: ValidationParts) throws -> ValidationResult {
    throw Failure(.configuration, "Pre-training from reports has no head to fit.")
  }

  func conclude(
    _ parts: ValidationParts, _ progress: TrainingProgress, communicator: Communicator,
    observer: (any TrainingObserver)?
  ) throws {}
}
