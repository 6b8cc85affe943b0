/// The threads that a rank should have, from the cores it and its neighbours were given.
public struct CoreShare: Equatable, Sendable {
  /// The number of threads: as configured, or this rank's share of the cores it may use.
  public let threads: Int
  /// What is wrong with the binding, and how to mend it; nil where nothing is.
  public let warning: String?

  /// - Parameters:
  ///   - own: the cores this rank may run on.
  ///   - ranks: those of every rank of the host, this one's among them.
  ///   - hostCores: the number of cores of the host.
  ///   - configured: the number of threads asked for; 0 leaves it to the cores.
  public init(own: Set<Int>, ranks: [Set<Int>], hostCores: Int, configured: Int = 0) {
    let share = Self.share(of: own, among: ranks)
    threads = configured > 0 ? configured : share
    let together = ranks.reduce(into: Set<Int>()) { $0.formUnion($1) }
    let remedy =
      "Give each rank its cores: `--map-by slot:PE=\(max(2, threads))` or `--bind-to none` with "
      + "mpirun, `--cpus-per-task` with srun."
    if threads > own.count {
      warning =
        "\(threads) threads of a rank share \(Self.text(own.count)), to which it is bound. "
        + remedy
    } else if own.count == 1, hostCores > ranks.count {
      warning =
        "A rank is bound to one core, while its host has \(hostCores) for "
        + "\(ranks.count == 1 ? "it alone" : "\(ranks.count) ranks"). " + remedy
    } else if ranks.count > together.count, hostCores > together.count {
      warning =
        "\(ranks.count) ranks share \(Self.text(together.count)), while their host has "
        + "\(hostCores). " + remedy
    } else if threads > share {
      warning =
        "\(ranks.count) ranks with \(threads) threads each share \(Self.text(together.count)). "
        + "Leave `threads` at 0, or start fewer ranks."
    } else {
      warning = nil
    }
  }

  /// The threads of this rank among those of its host, as they are bound.
  ///
  /// - Communication: two gathers, of a few words.
  public init(over communicator: Communicator, configured: Int) throws {
    self.init(
      own: Affinity.cores, ranks: try communicator.coresOnHost(), hostCores: Affinity.coresOfHost,
      configured: configured)
  }

  /// A core counts for each rank that may use it as much as for every other.
  private static func share(of own: Set<Int>, among ranks: [Set<Int>]) -> Int {
    let parts = own.reduce(0.0) { sum, core in
      sum + 1 / Double(max(1, ranks.filter { $0.contains(core) }.count))
    }
    // Thirds of cores add up to a little less than whole ones.
    return max(1, Int(parts + 1e-6))
  }

  private static func text(_ cores: Int) -> String { cores == 1 ? "one core" : "\(cores) cores" }
}
