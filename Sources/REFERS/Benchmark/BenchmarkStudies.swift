/// Where a benchmark takes its studies from.
public enum BenchmarkSource: Equatable, Sendable {
  /// Made-up studies, whose steps the mix decides.
  case mix(StudyMix)
  /// The training studies of a folder that `prepare` has written.
  case store(String)
}

/// The studies of a ``StepBenchmark``, the same on any number of ranks.
protocol BenchmarkStudies {
  /// Where they come from, as a report says it.
  var origin: String { get }
  /// The tokens that reports are of.
  var vocabulary: Int { get }

  /// The studies of a step by their indices, in their order; steps are counted from 1.
  func indices(ofStep number: Int) -> [Int]

  /// What the studies of a step have, in the same order.
  func workload(ofStep number: Int) throws -> StepWorkload

  /// The studies at some places of a step.
  func studies(_ places: some Sequence<Int>, ofStep number: Int) throws -> [PreparedStudy]
}
