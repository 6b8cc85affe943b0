import Diagnostics

/// What a model of reports finds without further training: a study's report among others, and
/// classes from sentences.
public struct StudyRetrieval: Sendable {
  public let recall: RecallTable
  /// Where sentences were given.
  public let zeroShot: ZeroShot?
  /// The studies that were computed, by their numbers in the source.
  public let studies: [Int]

  /// Computes studies of a source, their reports and the sentences on all ranks; rank 0 alone is
  /// given the recall.
  ///
  /// - Parameter badImages: the largest share of images that cannot be decoded that is put up with.
  public init(
    of studies: [Int], in source: any StudySource, prompts: ClassPrompts?, by saved: SavedModel,
    _ session: InferenceSession, badImages: Double
  ) throws {
    let (source, usable) = try session.decodable(
      studies, of: source, base: BaseSize(saved.configuration), share: badImages)
    let (model, tokenizer) = try saved.reportModel(over: session.communicator)
    let features = try StudyFeatures(of: usable, in: source, model, tokenizer, session)
    let maximum = saved.configuration.text.maxTokens
    var groups: [[Int32]: Int] = [:]
    let numbers = try usable.map { study -> Int in
      let tokens = tokenizer.encode(try source.report(of: study), maximum: maximum)
      groups[tokens] = groups[tokens] ?? groups.count
      return groups[tokens] ?? 0
    }
    let own = session.communicator.rank == 0 ? numbers : []
    recall = RecallTable(
      studies: features.studies, reports: features.reports, width: features.width, groups: own,
      team: session.compute.team)
    self.studies = usable
    zeroShot = try prompts.map { prompts in
      ZeroShot(
        classes: prompts.classes, studies: features.studies,
        sentences: try Self.features(of: prompts.reports, model, tokenizer, session),
        width: features.width, temperature: saved.configuration.loss.temperature)
    }
  }

  /// Features of sentences; every rank computes all of them.
  private static func features(
    of sentences: [String], _ model: REFERSModel, _ tokenizer: WordPieceTokenizer,
    _ session: InferenceSession
  ) throws -> [Float] {
    try sentences.flatMap {
      try model.feature(
        ofReport: tokenizer.encode($0, maximum: model.configuration.text.maxTokens),
        session.compute)
    }
  }
}
