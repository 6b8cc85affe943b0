import Determinism
import Diagnostics
import Distributed
import Tensors

/// Measures what a run's time goes to on this machine, from single kernels to whole steps.
///
/// All ranks run it together; each measures the same at the same time, as in a run.
public struct Benchmark {
  public enum Part: String, CaseIterable, Codable, Sendable {
    /// Each kernel of a step by itself.
    case kernels
    /// The collective calls of a step.
    case collectives
    /// Decoding, resizing and augmentation.
    case data
    /// Whole steps.
    case steps
  }

  private let configuration: Configuration
  private let source: BenchmarkSource
  private let communicator: Communicator

  public init(
    _ configuration: Configuration, of source: BenchmarkSource, communicator: Communicator
  ) {
    self.configuration = configuration
    self.source = source
    self.communicator = communicator
  }

  /// - Parameters:
  ///   - steps: steps that count; one more before them does not.
  ///   - images: the folder whose images are decoded; synthetic ones where nil. A store is read
  ///     instead where studies come from one.
  ///   - progress: told of each part as it begins.
  /// - Returns: what rank 0 has measured, with the memory of all ranks.
  public func run(
    _ parts: Set<Part>, steps: Int, images: String?, progress: (Part) -> Void
  ) throws -> BenchmarkReport {
    let blas = try configuration.compute.open()
    let threads = try CoreShare(over: communicator, configured: configuration.threads).threads
    // What each part works in is gone before the next: the memory of steps is theirs alone.
    func compute() throws -> Compute { try Compute(threads: threads, blas: blas) }
    try communicator.barrier()
    let peak = try MachinePeak.measure(compute())
    var report = BenchmarkReport(
      preset: configuration.preset, ranks: communicator.size, threads: threads,
      build: BuildRecord.current(with: blas), peak: peak)
    for part in Part.allCases where parts.contains(part) {
      progress(part)
      try communicator.barrier()
      switch part {
      case .kernels:
        report.kernels = try KernelBenchmark(configuration, compute: compute(), peak: peak).rows()
      case .collectives: report.collectives = try collectives()
      case .data: report.data = try data(images: images)
      case .steps: report.steps = try measure(steps: steps, peak: peak)
      }
    }
    return report
  }

  private func collectives() throws -> [BenchmarkRow] {
    guard let tree = SumTree(leaves: configuration.shards) else { return [] }
    let width = ViewFusion.slots(configuration) * configuration.model.radiograph.width
    return try CollectiveBenchmark(
      communicator, tree: tree, messageBytes: try configuration.messageBytes(over: communicator)
    ).rows(features: max(1, configuration.training.batch / communicator.size) * width)
  }

  private func data(images: String?) throws -> [BenchmarkRow] {
    guard case .store(let directory) = source else {
      return try DataBenchmark(configuration).rows(images: images)
    }
    return try StoredStudies(directory, configuration, communicator: communicator).rows()
  }

  private func measure(steps: Int, peak: MachinePeak) throws -> StepsReport {
    let benchmark = try StepBenchmark(configuration, of: source, communicator: communicator)
    _ = try benchmark.step()
    let measures = try (0..<max(1, steps)).map { _ in try benchmark.step() }
    let profile = try benchmark.profile()
    let memory = try communicator.allGather(Int64(ResidentMemory.proportional ?? 0))
    return StepsReport(
      benchmark, measures, profile, memory: memory.map { Int($0) }, ranks: communicator.size,
      peak: peak)
  }
}
