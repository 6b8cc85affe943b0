import Determinism
import Diagnostics
import Distributed
import Tensors

/// Computes steps: forward, contrast over all ranks, backward, sum of gradients over all shards.
///
/// This is where tensors and communication meet. The losses and the summed gradient are functions
/// of the step's studies and the parameters alone: shapes depend on shards, sums follow the tree,
/// and every rank computes the same contrast from the gathered features.
///
/// - Communication: one gather of the features (studies · width floats, twice), one of a few
///   numbers for each shard, and one tree sum of the gradient arena.
public final class StepEngine {
  public let model: REFERSModel
  public let plan: ShardPlan
  public let compute: Compute
  /// The gradient of the step over all ranks, after ``train(_:count:)``.
  public var gradients: UnsafeMutablePointer<Float> { arena.partials[0] }
  /// Seconds spent in the last step waiting for and talking to other ranks.
  public private(set) var exchangeSeconds = 0.0

  private let communicator: Communicator
  private let arena: GradientArena
  private let summation: TreeSummation<Float>
  private let contrast: ContrastiveLoss
  private let options: Configuration.Loss

  /// - Throws: `Failure(.configuration)` where ranks outnumber shards, `Failure(.memory)`.
  public init(
    model: REFERSModel, compute: Compute, communicator: Communicator, tree: SumTree
  ) throws {
    self.model = model
    self.compute = compute
    self.communicator = communicator
    plan = ShardPlan(tree: tree, rank: communicator.rank, ranks: communicator.size)
    summation = try TreeSummation(communicator, tree: tree)
    arena = try GradientArena(parameters: model.parameters, tree: tree, shards: plan.own)
    options = model.configuration.loss
    contrast = ContrastiveLoss(options)
  }

  /// Features and losses of a batch over all ranks.
  public struct Features {
    /// v and t of all studies in the order of the step.
    public let image: [Float]
    public let text: [Float]
    public let width: Int
    /// The sum of the language loss over all targets, and their number, for each direction.
    public let language: [(sum: Double, count: Double)]
  }

  /// One training step over `count` studies, of which `studies` are this rank's; leaves the
  /// gradient in ``gradients``.
  public func train(_ studies: [PreparedStudy], count: Int) throws -> Losses {
    exchangeSeconds = 0
    arena.begin()
    let tape = Tape(compute: compute, parameters: model.parameters, gradients: arena)
    let (outputs, features) = try forward(studies, count: count, on: tape)
    let contrast = contrast(
      image: features.image, text: features.text, width: features.width, blas: compute.blas)

    let own = plan.studies(ofRank: plan.rank, count: count)
    let weight = Float(options.contrastWeight)
    try seed(outputs.image, contrast.image, rows: own, weight: weight, on: tape)
    try seed(outputs.text, contrast.text, rows: own, weight: weight, on: tape)
    for (loss, total) in zip(outputs.language, features.language) {
      loss.scale = Float(options.languageWeight / divisor(total.count, studies: count))
    }
    try tape.backward()
    try exchanging { try summation.sum(arena.partials, count: arena.count) }
    return losses(contrast: contrast.loss, features, studies: count)
  }

  /// The losses of a batch without a gradient, and its features.
  public func evaluate(
    _ studies: [PreparedStudy], count: Int
  ) throws -> (losses: Losses, features: Features) {
    let tape = Tape(compute: compute, parameters: model.parameters)
    let (_, features) = try forward(studies, count: count, on: tape)
    let contrast = contrast(
      image: features.image, text: features.text, width: features.width, blas: compute.blas)
    return (losses(contrast: contrast.loss, features, studies: count), features)
  }

  private func forward(
    _ studies: [PreparedStudy], count: Int, on tape: Tape
  ) throws -> (REFERSModel.Outputs, Features) {
    let batch = StudyBatch(
      studies, shards: plan.localShards(count: count), patches: model.radiograph.patches)
    let outputs = try model.forward(batch, on: tape)
    let width = outputs.image.value.columns
    let rows = (0..<plan.ranks).map { plan.studies(ofRank: $0, count: count).count }
    let directions = outputs.language.count
    // For each shard of this rank: the sum and the number of targets of each direction.
    let sums = plan.own.indices.map { $0 - plan.own.lowerBound }.flatMap { shard in
      outputs.language.flatMap { [$0.shardSums[shard], Double($0.shardCounts[shard])] }
    }
    return try exchanging {
      let counts = rows.map { $0 * width }
      let image = try communicator.allGather(outputs.image.value.array, counts: counts)
      let text = try communicator.allGather(outputs.text.value.array, counts: counts)
      let all = try communicator.allGather(
        sums, counts: (0..<plan.ranks).map { plan.shards(of: $0).count * 2 * directions })
      let language = (0..<directions).map { direction in
        (0..<plan.tree.leaves).reduce((sum: 0.0, count: 0.0)) { total, shard in
          let place = (shard * directions + direction) * 2
          return (total.sum + all[place], total.count + all[place + 1])
        }
      }
      return (outputs, Features(image: image, text: text, width: width, language: language))
    }
  }

  /// What the language loss is divided by: tokens, or reports.
  private func divisor(_ tokens: Double, studies: Int) -> Double {
    options.language == .tokenMean ? max(1, tokens) : Double(max(1, studies))
  }

  private func losses(contrast: Double, _ features: Features, studies: Int) -> Losses {
    let language = features.language.reduce(0) {
      $0 + $1.sum / divisor($1.count, studies: studies)
    }
    return Losses(
      total: options.contrastWeight * contrast + options.languageWeight * language,
      contrast: contrast, language: language)
  }

  private func seed(
    _ variable: Variable, _ gradient: [Float], rows: Range<Int>, weight: Float, on tape: Tape
  ) throws {
    guard !rows.isEmpty else { return }
    let width = variable.value.columns
    let own = gradient[rows.lowerBound * width..<rows.upperBound * width].map { $0 * weight }
    try own.withUnsafeBufferPointer {
      if let start = $0.baseAddress { try tape.seed(variable, gradient: start) }
    }
  }

  private func exchanging<Result>(_ body: () throws -> Result) rethrows -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    defer { exchangeSeconds += (clock.now - start).seconds }
    return try body()
  }
}

extension Duration {
  /// The duration as a number.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
