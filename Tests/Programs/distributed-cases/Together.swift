import Diagnostics
import Distributed

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private let phase = "reading studies"

private func giveUp(_ rank: Int) -> Failure { Failure(.input, "Rank \(rank) gave up.") }

/// Every set of ranks fails in turn; all go on afterwards.
func together(_ communicator: Communicator) throws {
  let (rank, size) = (communicator.rank, communicator.size)
  for failing in 0..<1 << size {
    func run() throws {
      let value = try communicator.together(phase) {
        if failing >> rank & 1 != 0 { throw giveUp(rank) }
        return rank
      }
      try require(value == rank, "Another value.")
    }
    guard failing != 0 else {
      try run()
      continue
    }
    let first = failing.trailingZeroBitCount
    do {
      try run()
    } catch let failure as Failure {
      let isOwn = failing >> rank & 1 != 0
      try require(failure.context == [phase], "The phase is missing in: \(failure)")
      try require(failure.code == (isOwn ? .input : .communication), "\(failure)")
      try require(failure.speaker == (rank == first ? nil : first), "\(failure) is said by another")
      try require(failure.message.contains("Rank \(isOwn ? rank : first)"), "\(failure)")
      continue
    }
    throw Failure(.numerics, "No failure on rank \(rank) where \(failing) failed.")
  }
  if rank == 0 { print("together") }
}

/// Ranks 1 and above give up in the same phase.
func failTogether(_ communicator: Communicator) throws {
  try communicator.together(phase) {
    if communicator.rank > 0 { throw giveUp(communicator.rank) }
  }
}

func failAlike(_ communicator: Communicator) throws {
  throw Failure(.configuration, "All found the same.").shared()
}

/// The last rank gives up while the others are in a collective call of the same phase.
func failBesideACall(_ communicator: Communicator) throws {
  try communicator.together(phase) {
    if communicator.rank == communicator.size - 1 { throw giveUp(communicator.rank) }
    _ = try communicator.allReduce(Float(1), .sum)
  }
}

/// Rank 0 should say it, and does not.
func muteSpeaker(_ communicator: Communicator) throws {
  if communicator.rank == 0 { sleep(30) }
  throw Failure(.configuration, "All found the same.").shared()
}

func otherBuild(_ communicator: Communicator) throws {
  let same = BuildTrait("BLAS library", "OpenBLAS 0.3")
  let words = (0..<communicator.size).map { "läuft \($0)" }
  try require(try communicator.allGather(words[communicator.rank]) == words, "Other texts.")
  try communicator.agreeOnBuild([same, BuildTrait("SIMD level", "x86-64-v3")])
  let kernel = communicator.rank < 2 ? "Haswell" : "Zen"
  try communicator.agreeOnBuild([same, BuildTrait("BLAS kernel", kernel, remedy: "Choose one.")])
}

func cores(_ communicator: Communicator) throws {
  let sets = try communicator.coresOnHost()
  try require(sets.count == communicator.ranksOnHost, "\(sets.count) sets")
  try require(sets[communicator.rankOnHost] == Affinity.cores, "Not my cores: \(sets)")
  if communicator.rank == 0 { print(sets.map { $0.sorted() }) }
}

/// Where each rank stands on its host, in the order of ranks.
func hosts(_ communicator: Communicator) throws {
  let own = "rank \(communicator.rankOnHost) of \(communicator.ranksOnHost) on its host"
  let all = try communicator.allGather(own)
  try require(try communicator.coresOnHost().count == communicator.ranksOnHost, "Other cores.")
  if communicator.rank == 0 { for text in all { print(text) } }
}

func probe(_ communicator: Communicator) throws {
  guard let probe = try LinkProbe.measure(communicator) else {
    try require(communicator.size == 1, "No link.")
    return
  }
  try require(probe.latency > 0 && probe.latency < 1, "\(probe)")
  try require(probe.bandwidth > 1e6 && probe.bandwidth < 1e12, "\(probe)")
  let bits = [probe.latency.bitPattern, probe.bandwidth.bitPattern]
  for (index, word) in bits.enumerated() { try communicator.agree(on: word, "value \(index)") }
  if communicator.rank == 0 { print(probe, probe.messageBytes) }
}
