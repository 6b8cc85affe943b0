import Tensors

extension ReportEngine {
  /// Features and losses of a batch over all ranks.
  public struct Features {
    /// v and t of all studies in the order of the step.
    public let image: [Float]
    public let text: [Float]
    public let width: Int
    /// The sum of the language loss over all tokens, for each direction.
    public internal(set) var language: [Double] = []
    /// The tokens of each direction.
    public internal(set) var tokens = 0.0
  }

  /// v and t of this rank's studies.
  struct LocalFeatures {
    var image: [Float] = []
    var text: [Float] = []
    var width = 0

    mutating func append(_ image: Variable, _ text: Variable) {
      self.image += image.value.array
      self.text += text.value.array
      width = image.value.columns
    }
  }

  /// The ways in which a report is written.
  var directions: Int { model.decoder.directions.count }

  /// The tokens that these studies' reports are written with, in one direction.
  func tokens(of studies: [PreparedStudy]) -> Int {
    studies.reduce(0) { $0 + max(0, $1.decoderTokens.count - 1) }
  }

  func gather(_ own: LocalFeatures, count: Int) throws -> Features {
    let counts = (0..<plan.ranks).map {
      plan.studies(ofRank: $0, count: count).count * own.width
    }
    return try core.exchanging {
      Features(
        image: try core.communicator.allGather(own.image, counts: counts),
        text: try core.communicator.allGather(own.text, counts: counts), width: own.width)
    }
  }

  func losses(
    contrast: Double, _ language: [Double], tokens: Double, studies: Int
  ) -> Losses {
    let divisor = StepSeeds.divisor(tokens, studies: studies, options.language)
    let language = language.reduce(0) { $0 + $1 / divisor }
    return Losses(
      total: options.contrastWeight * contrast + options.languageWeight * language,
      contrast: contrast, language: language)
  }
}

extension REFERSModel.Outputs {
  /// For each shard the loss of each direction, summed over its tokens.
  var shardSums: [Double] {
    guard let first = language.first else { return [] }
    return first.shardSums.indices.flatMap { shard in language.map { $0.shardSums[shard] } }
  }
}
