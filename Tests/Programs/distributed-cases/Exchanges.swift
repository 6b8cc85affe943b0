import Determinism
import Diagnostics
import Distributed

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ranges in any order, of any length, while every rank computes for a time of its own: many
/// rounds, each compared with the plain recursive sum.
func exchange(_ communicator: Communicator) throws {
  guard let tree = SumTree(leaves: 8) else { throw Failure(.numerics, "No tree.") }
  let count = 60_001
  let wanted = treeSum(Float.self, over: 0..<8, count: count)
  for pieceElements in [1 << 20, 1000, 33] {
    let exchange = try TreeExchange<Float>(
      communicator, tree: tree, pieceElements: pieceElements)
    let partials = exchange.nodes.map { treeSum(Float.self, over: $0, count: count) }
    for round in 0..<10 {
      var random = CounterRandom(seed: 3, UInt64(round))
      let ranges = shuffledRanges(of: count, random: &random)
      var pace = CounterRandom(seed: 4, UInt64(round), UInt64(communicator.rank))
      let sums = try withPointers(to: partials) { partials in
        try exchange.begin(partials)
        for range in ranges {
          if pace.chance(0.3) { compute(seconds: Double(pace.integer(below: 200)) * 1e-6) }
          try exchange.submit(range)
        }
        let report = try exchange.finish()
        try require(
          communicator.size == 1 ? report.bytesSent == 0 : report.bytesSent > 0, "\(report)")
      }
      try require(
        sameBits(sums, wanted), "round \(round), pieces of \(pieceElements), \(communicator.rank)")
    }
  }
  if communicator.rank == 0 { print("exchange \(hash(wanted))") }
}

private func shuffledRanges(of count: Int, random: inout CounterRandom) -> [Range<Int>] {
  var ranges: [Range<Int>] = []
  var start = 0
  while start < count {
    let length = 1 + random.integer(below: random.chance(0.5) ? 40 : 20_000)
    ranges.append(start..<min(count, start + length))
    start += length
  }
  for index in ranges.indices.reversed() {
    ranges.swapAt(index, random.integer(below: index + 1))
  }
  return ranges
}

/// Keeps a core busy.
private func compute(seconds: Double) {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(seconds)
  var random = CounterRandom(seed: 1)
  while clock.now < end { _ = random.uniform(0, 1) }
}

/// What travels while the caller computes, by the exchange's own account.
func overlap(_ communicator: Communicator) throws {
  guard let tree = SumTree(leaves: 8) else { throw Failure(.numerics, "No tree.") }
  let exchange = try TreeExchange<Float>(communicator, tree: tree)
  let parts = 10
  let length = 1 << 20
  let vector = [Float](repeating: 1, count: parts * length)
  _ = try withPointers(to: exchange.nodes.map { _ in vector }) { partials in
    try communicator.barrier()
    try exchange.begin(partials)
    for part in 0..<parts {
      compute(seconds: 0.02)
      try exchange.submit(part * length..<(part + 1) * length)
    }
    let report = try exchange.finish()
    let total = Double(report.bytesSent) / Double(parts * length * MemoryLayout<Float>.stride)
    try require(report.busySeconds > 0, "\(report)")
    if communicator.threads == .one {
      try require(report.overlappedSeconds == 0, "\(report)")
    } else {
      try require(report.overlappedSeconds > report.busySeconds / 2, "\(report)")
    }
    try require(report.overlappedSeconds <= report.busySeconds, "\(report)")
    try require(total > 0.9 && report.pieces >= parts, "\(report)")
    if communicator.rank == 0 { print(report) }
  }
}

/// The last rank gives up in the middle of a round while the others wait in `finish`.
func failInExchange(_ communicator: Communicator) throws {
  guard let tree = SumTree(leaves: 8) else { throw Failure(.numerics, "No tree.") }
  let exchange = try TreeExchange<Float>(communicator, tree: tree)
  let vector = [Float](repeating: 1, count: 1 << 20)
  _ = try withPointers(to: exchange.nodes.map { _ in vector }) { partials in
    try exchange.begin(partials)
    try exchange.submit(0..<1 << 19)
    if communicator.rank == communicator.size - 1 {
      usleep(200_000)
      throw Failure(.input, "The case gave up.", remedy: "Expect it to.")
    }
    try exchange.submit(1 << 19..<1 << 20)
    try exchange.finish()
  }
}

/// The last rank stays away: from a collective call, or from a round.
func silence(_ communicator: Communicator) throws {
  try stayAway(communicator) { _ = try communicator.allReduce(Float(1), .sum) }
}

func silenceInExchange(_ communicator: Communicator) throws {
  guard let tree = SumTree(leaves: 8) else { throw Failure(.numerics, "No tree.") }
  let exchange = try TreeExchange<Float>(communicator, tree: tree)
  let vector = [Float](repeating: 1, count: 1 << 20)
  _ = try withPointers(to: exchange.nodes.map { _ in vector }) { partials in
    try exchange.begin(partials)
    try stayAway(communicator) {
      try exchange.submit(0..<1 << 20)
      try exchange.finish()
    }
  }
}

private func stayAway(_ communicator: Communicator, _ body: () throws -> Void) throws {
  communicator.timeout = 1
  if communicator.rank == communicator.size - 1 {
    sleep(30)
  } else {
    try body()
  }
}
