import Diagnostics
import Tensors

extension StepEngine {
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
    return try exchanging {
      Features(
        image: try communicator.allGather(own.image, counts: counts),
        text: try communicator.allGather(own.text, counts: counts), width: own.width)
    }
  }

  /// What a rank tells the others at the end of a step.
  struct StepEnd {
    let contrast: Double
    let stop: StopReason?
    /// For each shard of the rank the language loss of each direction.
    let sums: [Double]
  }

  /// The language loss of each direction over all shards, summed in their order, and the reason to
  /// stop if a rank has one; on the way the ranks compare their contrast.
  func gather(
    _ own: StepEnd, step: Int
  ) throws -> (language: [Double], stop: StopReason?) {
    let words = [own.contrast.bitPattern, UInt64(own.stop?.code ?? 0)] + own.sums.map(\.bitPattern)
    let counts = (0..<plan.ranks).map { 2 + plan.shards(of: $0).count * directions }
    let all = try exchanging { try communicator.allGather(words, counts: counts) }
    var totals = [Double](repeating: 0, count: directions)
    var stop: UInt64 = 0
    var place = 0
    for rank in 0..<plan.ranks {
      guard all[place] == all[0] else {
        throw Failure(
          .numerics,
          "Rank \(rank) computed another contrastive loss than rank 0 at step \(step).",
          remedy: "Check that node's memory and processor, then resume from the last checkpoint."
        ).shared()
      }
      stop = max(stop, all[place + 1])
      for offset in 2..<counts[rank] {
        totals[(offset - 2) % directions] += Double(bitPattern: all[place + offset])
      }
      place += counts[rank]
    }
    return (totals, StopReason(code: Int32(truncatingIfNeeded: stop)))
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
