/// What a benchmark takes its studies from.
public enum BenchmarkSource: Equatable, Sendable {
  /// Made-up studies, whose steps the mix decides.
  case mix(StudyMix)
  /// The training studies of a folder that `prepare` has written.
  case store(String)
}

/// The studies of a ``StepBenchmark``, the same on any number of ranks.
protocol BenchmarkStudies {
  /// What a report calls them.
  var name: String { get }
  /// The tokens that reports are of.
  var vocabulary: Int { get }

  /// What the studies of a step have, in their order; steps are counted from 1.
  func workload(ofStep number: Int) throws -> StepWorkload

  /// The studies at some places of a step.
  func studies(
    _ places: some Sequence<Int>, ofStep number: Int, _ workload: StepWorkload
  ) throws -> [PreparedStudy]
}
