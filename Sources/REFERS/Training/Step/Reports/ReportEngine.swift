import Determinism
import Diagnostics
import Distributed
import Tensors

/// Computes steps of pre-training from reports: forward, contrast over all ranks, backward.
///
/// This is where tensors and communication meet: every rank computes the same contrast from the
/// gathered features.
///
/// The shards of a rank go through the model together, or, where memory is short, in parts: the
/// features of all parts come first, for the contrast needs them all, then each part goes forward
/// once more and backward. No bit depends on it.
///
/// - Communication: one gather of the features (studies · width floats, twice), one of a few
///   numbers for each shard, and the sum of the gradient.
public final class ReportEngine: StepEngine {
  public let model: REFERSModel
  public let core: StepCore
  let contrast: ContrastiveLoss
  let options: Configuration.Loss

  /// - Parameters:
  ///   - cut: how the shards of this rank go through the model.
  ///   - messageBytes: the size of a message of gradients, the same on every rank.
  /// - Throws: `Failure(.configuration)` where ranks outnumber shards, `Failure(.memory)`.
  public init(
    model: REFERSModel, compute: Compute, communicator: Communicator, tree: SumTree,
    cut: StepCut = StepCut(), messageBytes: Int = 1 << 20, monitor: PhaseMonitor = PhaseMonitor()
  ) throws {
    self.model = model
    core = try StepCore(
      parameters: model.parameters, patches: model.radiograph.patches, compute: compute,
      communicator: communicator, tree: tree, cut: cut,
      precision: StepPrecision(model.configuration), messageBytes: messageBytes,
      monitor: monitor)
    options = model.configuration.loss
    contrast = ContrastiveLoss(options)
  }

  public func train(
    _ studies: [PreparedStudy], in step: Step, stop: () -> StopReason?
  ) throws -> StepOutcome {
    let count = step.studies.count
    let passes = core.begin(studies, count: count)
    try monitor.enter(.forward)
    var (own, recorded) = try look(ahead: passes)

    let notices = try core.agree(on: step, tokens: tokens(of: studies))
    let features = try gather(own, count: count)
    own = LocalFeatures()
    try monitor.enter(.contrast)
    let contrast = contrast(
      image: features.image, text: features.text, width: features.width, blas: compute.blas)
    let tokens = notices.reduce(0) { $0 + $1.tokens }
    let seeds = StepSeeds(contrast, tokens: tokens, studies: count, options: options)

    try monitor.enter(.backward)
    try core.beginSum()
    var sums: [[Double]] = []
    for (index, batch) in passes.enumerated() {
      core.arena.begin(pass: index)
      let (tape, outputs) = try recorded ?? record(batch)
      recorded = nil
      try seeds.apply(to: outputs, at: core.first(ofPass: index, count: count), on: tape)
      try tape.backward()
      sums.append(outputs.shardSums)
    }
    try core.finishSum()
    let end = try core.gather(
      StepEnd(
        common: contrast.loss, name: Self.common, stop: stop(), sums: sums.flatMap(\.self)),
      width: directions, step: step.number)
    return StepOutcome(
      losses: losses(
        contrast: contrast.loss, end.totals, tokens: Double(tokens), studies: count),
      stop: end.stop)
  }

  /// What every rank computes alike.
  static let common = "contrastive loss"

  public func defect(of study: PreparedStudy, on tape: Tape) throws -> String? {
    let outputs = try model.forward(
      StudyBatch([study], shards: [0..<1], patches: model.radiograph.patches), on: tape)
    if !Self.isFinite(outputs.image) { return "its radiographs' feature" }
    if !Self.isFinite(outputs.text) { return "its report's feature" }
    if !outputs.shardSums.allSatisfy(\.isFinite) { return "its language loss" }
    // Any finite gradient from above serves: the features' own values.
    try tape.seed(outputs.image, gradient: UnsafePointer(outputs.image.value.pointer))
    try tape.seed(outputs.text, gradient: UnsafePointer(outputs.text.value.pointer))
    try tape.backward()
    return nil
  }

  /// A batch forward on a tape that remembers.
  private func record(_ batch: StudyBatch) throws -> (Tape, REFERSModel.Outputs) {
    let tape = core.tape()
    return (tape, try model.forward(batch, on: tape))
  }

  /// The features of all parts; where there is one part only, with the tape that computed them.
  private func look(
    ahead passes: [StudyBatch]
  ) throws -> (LocalFeatures, (Tape, REFERSModel.Outputs)?) {
    var own = LocalFeatures()
    if passes.count == 1 {
      let recorded = try record(passes[0])
      own.append(recorded.1.image, recorded.1.text)
      return (own, recorded)
    }
    for batch in passes {
      let tape = Tape(compute: compute, parameters: parameters, dropsUnits: true)
      let (image, text) = try model.features(batch, on: tape)
      own.append(image, text)
    }
    return (own, nil)
  }
}
