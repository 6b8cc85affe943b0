import Diagnostics
import Distributed

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ranks that differ in count, type, operation, root, call or value: a failure on every rank, after
/// which all go on.
func disagreement(_ communicator: Communicator) throws {
  let (rank, size) = (communicator.rank, communicator.size)
  try require(size > 1, "This case needs two ranks.")
  try requireFailure(.communication, mentioning: "allReduce", "10 to \(9 + size)") {
    _ = try allReduce(communicator, [Float](repeating: 1, count: 10 + rank), .sum)
  }
  try requireFailure(.communication, mentioning: "allReduce", "operation") {
    _ = try allReduce(communicator, [Float](repeating: 1, count: 3), rank == 0 ? .sum : .minimum)
  }
  try requireFailure(.communication, mentioning: "broadcast", "root") {
    _ = try communicator.broadcast(Float(1), root: rank == 0 ? 1 : 0)
  }
  try requireFailure(.communication, mentioning: "broadcast", "types") {
    if rank == 0 {
      _ = try communicator.broadcast(Float(1))
    } else {
      _ = try communicator.broadcast(Int32(1))
    }
  }
  try requireFailure(.communication, mentioning: "another call") {
    if rank == 0 {
      _ = try communicator.broadcast(Float(1))
    } else {
      _ = try communicator.allReduce(Float(1), .sum)
    }
  }
  try requireFailure(.communication, mentioning: "allGather", "counts") {
    // Beyond two ranks the totals agree and the shares do not.
    var counts = [Int](repeating: 2, count: size)
    if rank == 0 {
      counts[1] += 1
      if size > 2 { counts[2] -= 1 }
    }
    _ = try communicator.allGather([Float(1), 2], counts: counts)
  }
  try requireFailure(.communication, mentioning: "the seed") {
    try communicator.agree(on: UInt64(rank), "the seed")
  }
  if rank == 0 { print("disagreement") }
}

private func allReduce(
  _ communicator: Communicator, _ values: [Float], _ reduction: MPIReduction
) throws -> [Float] {
  var values = values
  try values.withUnsafeMutableBufferPointer { try communicator.allReduce($0, reduction) }
  return values
}

/// Arguments that cannot be right are refused before anything is sent.
func wrongCounts(_ communicator: Communicator) throws {
  let (rank, size) = (communicator.rank, communicator.size)
  try requireFailure(.communication, mentioning: "counts") {
    _ = try communicator.allGather([Float(1)], counts: Array(repeating: 1, count: size + 1))
  }
  try requireFailure(.communication, mentioning: "counts") {
    _ = try communicator.allGather([Float](), counts: Array(repeating: -1, count: size))
  }
  try requireFailure(.communication, mentioning: "gives 1 elements", "says 2") {
    _ = try communicator.allGather([Float(1)], counts: Array(repeating: 2, count: size))
  }
  try requireFailure(.communication, mentioning: "holds \(size + 1)", "\(size) will come") {
    var all = [Float](repeating: 0, count: size + 1)
    try [Float(1)].withUnsafeBufferPointer { own in
      try all.withUnsafeMutableBufferPointer {
        try communicator.allGather(own, counts: Array(repeating: 1, count: size), into: $0)
      }
    }
  }
  try requireFailure(.communication, mentioning: "root") {
    _ = try communicator.broadcast(Float(1), root: size)
  }
  if rank == 0 { print("wrong counts") }
}

/// Rank 1 sends seven elements where rank 0 expects five, with nobody to compare counts.
func truncation(_ communicator: Communicator) throws {
  try gather(communicator, sent: 7, expected: 5, "MPI_Test", "rank 0 of")
}

/// Rank 1 sends three elements where rank 0 expects five.
func missingElements(_ communicator: Communicator) throws {
  try gather(communicator, sent: 3, expected: 5, "received 3", "rank 1", "not 5")
}

private func gather(
  _ communicator: Communicator, sent: Int, expected: Int, _ words: String...
) throws {
  let rank = communicator.rank
  let counts = [0, rank == 0 ? expected : sent]
  let own = [Float](repeating: 1, count: counts[rank])
  var all = [Float](repeating: 0, count: expected)
  func run() throws {
    try own.withUnsafeBufferPointer { own in
      try all.withUnsafeMutableBufferPointer {
        try communicator.gather(own, counts: counts, into: rank == 0 ? $0 : nil)
      }
    }
  }
  guard rank == 0 else { return try run() }
  let failure = try requireFailure(.communication) { try run() }
  for word in words {
    try require(failure.message.contains(word), "No `\(word)` in: \(failure)")
  }
  print(failure)
}

/// The last rank gives up while the others wait in a collective call.
func failOnOneRank(_ communicator: Communicator) throws {
  if communicator.rank == communicator.size - 1 {
    usleep(200_000)
    throw Failure(.input, "The case gave up.", remedy: "Expect it to.")
  }
  _ = try communicator.allReduce(Float(1), .sum)
}

func abortOnOneRank(_ communicator: Communicator) throws {
  if communicator.rank == communicator.size - 1 { Communicator.abort(code: 42) }
  try communicator.barrier()
}
