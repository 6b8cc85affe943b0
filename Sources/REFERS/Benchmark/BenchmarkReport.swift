/// What a ``Benchmark`` has found, as it is printed and written as JSON.
public struct BenchmarkReport: Codable, Sendable {
  public let preset: Configuration.Preset
  public let ranks: Int
  public let threads: Int
  public let build: BuildRecord
  public let peak: MachinePeak
  public var kernels: [BenchmarkRow]?
  public var collectives: [BenchmarkRow]?
  public var data: [BenchmarkRow]?
  public var steps: StepsReport?

  init(
    preset: Configuration.Preset, ranks: Int, threads: Int, build: BuildRecord, peak: MachinePeak
  ) {
    self.preset = preset
    self.ranks = ranks
    self.threads = threads
    self.build = build
    self.peak = peak
  }

  /// The report as a person reads it.
  public var text: String {
    var text =
      "\(preset.rawValue), \(ranks) rank\(ranks == 1 ? "" : "s") of \(threads) "
      + "thread\(threads == 1 ? "" : "s"), \(build.blasLibrary) (\(build.blasKernel))\n"
      + "peak of a rank: \(Amounts.short(peak.operations / 1e9)) GFLOP/s, "
      + "\(Amounts.short(peak.bytes / 1e9)) GB/s\n"
    for (title, rows) in [
      ("kernels, share of the peak", kernels),
      ("collectives, share of MPI's own call", collectives),
      ("data, one thread", data),
    ] {
      guard let rows, !rows.isEmpty else { continue }
      text += "\n" + Self.table(title, rows).terminal
    }
    if let steps { text += "\n" + steps.text }
    return text
  }

  private static func table(_ title: String, _ rows: [BenchmarkRow]) -> TextTable {
    var table = TextTable([title, "size", "ms", "rate", "share"])
    for row in rows {
      table.add([
        row.name, row.shape, Amounts.short(row.seconds * 1e3),
        "\(Amounts.short(row.rate)) \(row.unit.rawValue)", row.share.map(Self.percent) ?? "",
      ])
    }
    return table
  }

  /// `12 %`.
  static func percent(_ share: Double) -> String { "\(Amounts.short(share * 100)) %" }
}

/// What whole steps took.
public struct StepsReport: Codable, Sendable {
  /// Seconds of each operation of one step on rank 0.
  public struct Share: Codable, Sendable {
    public let operation: String
    public let seconds: Double
  }

  public let objective: Configuration.Objective
  /// Where they come from: `mix mimic` of made-up studies, or `from a store`.
  public let studies: String
  public let batch: Int
  public let parameters: Int
  /// Seconds of each step, in order.
  public let seconds: [Double]
  /// The loss of each step.
  public let losses: [Double]
  /// Seconds of each step in which nothing hid the exchange.
  public let exchange: [Double]
  /// Studies a second, by the median of the steps.
  public let studiesPerSecond: Double
  /// Floating-point operations of a step's matrix products on rank 0, and their seconds.
  public let operations: Int
  public let productSeconds: Double
  /// The seconds of the step that the profile is of.
  public let profiledSeconds: Double
  /// Operations of the products over what the peak would do in the step's time.
  public let shareOfPeak: Double
  /// Bytes of each rank, shared pages in equal parts.
  public let memory: [Int]
  public let profile: [Share]

  init(
    _ benchmark: StepBenchmark, _ measures: [StepMeasure], _ profile: StepProfile, memory: [Int],
    ranks: Int, peak: MachinePeak
  ) {
    objective = benchmark.configuration.objective
    studies = benchmark.origin
    batch = benchmark.configuration.training.batch
    parameters = benchmark.parameters
    seconds = measures.map(\.seconds)
    losses = measures.map(\.loss)
    exchange = measures.map(\.exchange)
    studiesPerSecond = Stopwatch.median(of: measures.map(\.studiesPerSecond))
    operations = profile.operations
    productSeconds = profile.products
    profiledSeconds = profile.seconds
    shareOfPeak = Double(profile.operations) / profile.seconds / peak.operations
    self.memory = memory
    self.profile = profile.shares.map { Share(operation: $0.operation, seconds: $0.seconds) }
  }

  var text: String {
    let unit = objective == .reports ? "studies" : "images"
    let kind = objective == .reports ? "studies, \(studies)" : "images"
    let median = Stopwatch.median(of: seconds)
    let sizes = memory.map { Amounts.short(Double($0) / Double(1 << 30)) }
    let exposed = Stopwatch.median(of: zip(exchange, seconds).map { $0 / ($1 - $0) })
    var text =
      "steps of \(batch), \(kind), \(Amounts.count(parameters)) parameters\n"
      + "\(Amounts.short(median)) s (\(Amounts.short(seconds.min() ?? 0)) to "
      + "\(Amounts.short(seconds.max() ?? 0))), \(Amounts.short(studiesPerSecond)) \(unit)/s, "
      + "\(BenchmarkReport.percent(shareOfPeak)) of the peak\n"
      + "exchange that nothing hides: \(BenchmarkReport.percent(exposed)) of the rest\n"
      + "memory of a rank: \(sizes.joined(separator: ", ")) GiB\n"
    var table = TextTable(["profile of a step on rank 0", "s", "share"])
    table.add([
      "matrix products, in all below", Amounts.short(productSeconds),
      BenchmarkReport.percent(productSeconds / profiledSeconds),
    ])
    for share in profile {
      table.add([
        share.operation, Amounts.short(share.seconds),
        BenchmarkReport.percent(share.seconds / profiledSeconds),
      ])
    }
    let known = profile.reduce(0) { $0 + $1.seconds }
    table.add([
      "all else", Amounts.short(profiledSeconds - known),
      BenchmarkReport.percent((profiledSeconds - known) / profiledSeconds),
    ])
    text += "\n" + table.terminal
    return text
  }
}
