import Determinism
import Diagnostics
import Distributed
import Foundation
import REFERS
import Tensors

/// A model with its optimizer, trained on made-up studies as a run is on real ones.
struct Trainer {
  let configuration: Configuration
  let communicator: Communicator
  let engine: ReportEngine
  let studies: MadeUpStudies
  private let optimizer: any Optimizer

  init(
    _ configuration: Configuration, vocabulary: Int, communicator: Communicator, options: Options
  ) throws {
    var configuration = configuration
    configuration.memory.activations = options.precision
    configuration.exchange.precision = options.precision
    self.configuration = configuration
    self.communicator = communicator
    guard let tree = SumTree(leaves: configuration.shards) else {
      throw Failure(.configuration, "No tree of \(configuration.shards) shards.")
    }
    let model = REFERSModel(configuration, vocabulary: vocabulary)
    try model.parameters.allocate(seed: options.seed)
    engine = try ReportEngine(
      model: model,
      compute: try Compute(
        threads: options.threads, blas: options.blas.open(products: options.products)),
      communicator: communicator, tree: tree, cut: options.cut, messageBytes: 1 << 18)
    studies = MadeUpStudies(configuration, vocabulary: vocabulary, options: options)
    optimizer = try makeOptimizer(configuration.optimizer, for: model.parameters)
  }

  /// Trains steps of so many studies; prints the losses of each and the norm of its gradient.
  func train(_ counts: [Int], name: String) throws {
    let options = configuration.optimizer
    let parameters = engine.parameters
    let team = engine.compute.team
    let schedule = WarmupCosine(warmup: options.warmupSteps, steps: counts.count + 1)
    for (step, count) in counts.enumerated() {
      let losses = try engine.train(
        studies.studies(step: step, count: count, plan: engine.plan),
        in: Step(number: step + 1, studies: Array(0..<count), comparesParameters: true)
      ).losses
      let norm = GradientNorm.global(engine.gradients, count: parameters.count, team: team)
      try require(losses.total.isFinite && norm.isFinite && norm > 0, "\(name): \(losses) \(norm)")
      let factor = schedule.factor(at: step)
      optimizer.update(
        gradients: engine.gradients,
        scale: GradientNorm.clippingScale(norm: norm, limit: options.clipNorm),
        rate: { Float(factor * options.learningRate.value(of: $0)) }, team: team)
      report("\(name) step \(step) of \(count): \(hex(losses)) gradient \(hex(norm))")
    }
    (optimizer as? Lookahead)?.synchronize(team: team)
  }

  /// Prints the SHA-256 of the model as it is saved; throws where ranks hold other parameters.
  func printDigest(_ name: String) throws {
    let parameters = engine.parameters
    let own = (0..<parameters.count).reduce(UInt64(0)) {
      CounterRandom.combine($0, UInt64(parameters.values[$1].bitPattern))
    }
    let all = try communicator.allGather(
      [own], counts: Array(repeating: 1, count: communicator.size))
    try require(all.allSatisfy { $0 == own }, "\(name): the parameters of ranks differ.")
    guard communicator.rank == 0 else { return }
    let path = NSTemporaryDirectory() + "/training-cases-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try SafetensorsWriter.write(engine.model.namedTensors, to: path)
    report("\(name) \(try sha256(ofFile: path))")
  }

  /// The largest number of image rows in one shard of a step, over all ranks.
  func largestShard(step: Int, count: Int) -> Int {
    let patches = engine.model.radiograph.patches
    return (0..<configuration.shards).map { shard in
      engine.plan.studies(ofShard: shard, count: count)
        .reduce(0) { $0 + studies.study(step: step, place: $1).images.count * (1 + patches) }
    }.max() ?? 0
  }

  private func report(_ line: String) {
    if communicator.rank == 0 { print(line) }
  }

  private func hex(_ losses: Losses) -> String {
    losses.named.map { hex($0.value) }.joined(separator: " ")
  }

  private func hex(_ value: Double) -> String { String(value.bitPattern, radix: 16) }
}
