import Determinism
import Distributed
import Tensors

/// Computes steps of a classifier: each radiograph alone, its labels, and the way back.
///
/// - Communication: one gather of a few numbers for each shard, and the sum of the gradient.
public final class LabelEngine: StepEngine {
  public let model: ClassifierModel
  public let core: StepCore
  private let loss: LabelLoss
  private let labels: @Sendable (Int) -> ArraySlice<Float>

  /// - Parameters:
  ///   - labels: those of a study, by its index in the source.
  ///   - cut: how the shards of this rank go through the model.
  ///   - messageBytes: the size of a message of gradients, the same on every rank.
  /// - Throws: `Failure(.configuration)` where ranks outnumber shards, `Failure(.memory)`.
  public init(
    model: ClassifierModel, loss: LabelLoss,
    labels: @escaping @Sendable (Int) -> ArraySlice<Float>, compute: Compute,
    communicator: Communicator, tree: SumTree, cut: StepCut = StepCut(),
    messageBytes: Int = 1 << 20, monitor: PhaseMonitor = PhaseMonitor()
  ) throws {
    self.model = model
    self.loss = loss
    self.labels = labels
    core = try StepCore(
      parameters: model.parameters, patches: model.radiograph.patches, compute: compute,
      communicator: communicator, tree: tree, cut: cut,
      precision: StepPrecision(model.configuration), messageBytes: messageBytes,
      monitor: monitor)
  }

  public func train(
    _ studies: [PreparedStudy], in step: Step, stop: () -> StopReason?
  ) throws -> StepOutcome {
    let count = step.studies.count
    let passes = core.begin(studies, count: count)
    _ = try core.agree(on: step, tokens: 0)
    // Every rank knows all labels, so the divisor needs no talk.
    let known = step.studies.reduce(0) { $0 + LabelLoss.known(labels($1)) }
    let divisor = Double(max(1, known))

    try core.beginSum()
    var sums: [Double] = []
    for (index, batch) in passes.enumerated() {
      core.arena.begin(pass: index)
      let tape = core.tape()
      try monitor.enter(.forward)
      let logits = try model.logits(batch, on: tape)
      let (losses, gradient) = rows(logits.value, of: batch, divisor: divisor)
      try monitor.enter(.backward)
      try tape.seed(logits, gradient: gradient)
      try tape.backward()
      sums += batch.packing.shards.map { shard in shard.reduce(0) { $0 + losses[$1] } }
    }
    try core.finishSum()
    let end = try core.gather(
      StepEnd(common: divisor, name: "number of known labels", stop: stop(), sums: sums),
      width: 1, step: step.number)
    return StepOutcome(losses: Losses(total: end.totals[0] / divisor), stop: end.stop)
  }

  public func defect(of study: PreparedStudy, on tape: Tape) throws -> String? {
    let batch = StudyBatch([study], shards: [0..<1], patches: model.radiograph.patches)
    let logits = try model.logits(batch, on: tape)
    if !Self.isFinite(logits) { return "the classifier's answer" }
    try tape.seed(logits, gradient: UnsafePointer(logits.value.pointer))
    try tape.backward()
    return nil
  }

  /// The loss of each row of logits, and the gradient of all.
  private func rows(
    _ logits: Matrix, of batch: StudyBatch, divisor: Double
  ) -> (losses: [Double], gradient: [Float]) {
    var gradient = [Float](repeating: 0, count: logits.count)
    let losses = gradient.withUnsafeMutableBufferPointer { gradient in
      batch.studies.indices.map { row -> Double in
        guard let start = gradient.baseAddress else { return 0 }
        return loss(
          logits.row(row), labels: labels(batch.studies[row].index), divisor: divisor,
          gradient: start + row * logits.columns)
      }
    }
    return (losses, gradient)
  }
}
