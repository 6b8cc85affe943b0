import Diagnostics
import Distributed

func hello(_ communicator: Communicator) throws {
  let ranks = try communicator.allGather(Int64(communicator.rank))
  try require(ranks == (0..<Int64(communicator.size)).map { $0 }, "Ranks \(ranks)")
  try require(communicator.ranksOnHost == communicator.size, "Another host?")
  try require(communicator.rankOnHost == communicator.rank, "Another order on the host?")
  try communicator.agree(on: 42, "the answer")
  if communicator.rank == 0 {
    print("\(communicator.size) ranks, \(Communicator.libraryVersion)")
  }
}

func collectives(_ communicator: Communicator) throws {
  try collectives(communicator, Float.self)
  try collectives(communicator, Double.self)
  try collectives(communicator, Int32.self)
  try collectives(communicator, Int64.self)
  try collectives(communicator, UInt64.self)
  try collectives(communicator, UInt8.self)
}

private func collectives<Element: CaseElement>(
  _ communicator: Communicator, _ type: Element.Type
) throws {
  let size = communicator.size
  for count in counts {
    let own = elements(type, rank: communicator.rank, count: count)
    for root in 0..<size {
      var values = own
      try values.withUnsafeMutableBufferPointer { try communicator.broadcast($0, root: root) }
      try require(
        sameBits(values, elements(type, rank: root, count: count)),
        "broadcast of \(count) \(type) from \(root) on \(communicator.rank)")
    }
    let all = (0..<size).map { elements(type, rank: $0, count: count) }
    let reductions: [(MPIReduction, (Element, Element) -> Element)] = [
      (.sum, { $0 + $1 }), (.minimum, { min($0, $1) }), (.maximum, { max($0, $1) }),
    ]
    for (reduction, combine) in reductions {
      var values = own
      try values.withUnsafeMutableBufferPointer { try communicator.allReduce($0, reduction) }
      let wanted = all.dropFirst().reduce(all[0]) { zip($0, $1).map(combine) }
      try require(
        sameBits(values, wanted), "\(reduction) of \(count) \(type) on \(communicator.rank)")
      if communicator.rank == 0, count == counts.last {
        print("\(reduction) \(type) \(hash(values))")
      }
    }
  }
}

func gathers(_ communicator: Communicator) throws {
  try gathers(communicator, Float.self)
  try gathers(communicator, Double.self)
  try gathers(communicator, Int32.self)
  try gathers(communicator, Int64.self)
  try gathers(communicator, UInt64.self)
  try gathers(communicator, UInt8.self)

  // What the gather is measured against gives the same.
  let own = elements(Float.self, rank: communicator.rank, count: 9)
  let counts = Array(repeating: own.count, count: communicator.size)
  var all = [Float](repeating: 0, count: own.count * communicator.size)
  try own.withUnsafeBufferPointer { own in
    try all.withUnsafeMutableBufferPointer { try communicator.plainAllGather(own, into: $0) }
  }
  try require(
    sameBits(all, try communicator.allGather(own, counts: counts)),
    "plainAllGather on \(communicator.rank)")
}

private func gathers<Element: CaseElement>(
  _ communicator: Communicator, _ type: Element.Type
) throws {
  let (rank, size) = (communicator.rank, communicator.size)
  for shift in 0..<counts.count {
    // Unequal, some of them zero.
    let share = (0..<size).map { counts[($0 + shift) % counts.count] }
    let total = share.reduce(0, +)
    let own = elements(type, rank: rank, count: share[rank])
    let wanted = (0..<size).flatMap { elements(type, rank: $0, count: share[$0]) }

    let gathered = try communicator.allGather(own, counts: share)
    try require(sameBits(gathered, wanted), "allGather of \(share) \(type) on \(rank)")
    if rank == 0 { print("allGather \(type) \(hash(gathered))") }

    // This rank's part in place.
    var all = Array(repeating: Element.small(0), count: total)
    let start = share[..<rank].reduce(0, +)
    all.replaceSubrange(start..<start + own.count, with: own)
    try all.withUnsafeMutableBufferPointer { all in
      let part = UnsafeBufferPointer(rebasing: all[start..<start + own.count])
      try communicator.allGather(part, counts: share, into: all)
    }
    try require(sameBits(all, wanted), "allGather in place of \(share) \(type) on \(rank)")

    for root in 0..<size {
      var all = rank == root ? Array(repeating: Element.small(0), count: total) : []
      try own.withUnsafeBufferPointer { own in
        try all.withUnsafeMutableBufferPointer { all in
          try communicator.gather(
            own, counts: share, into: rank == root ? all : nil, root: root)
        }
      }
      try require(
        rank != root || sameBits(all, wanted), "gather of \(share) \(type) to \(root)")
    }
  }
}

func values(_ communicator: Communicator) throws {
  let (rank, size) = (communicator.rank, communicator.size)
  for root in 0..<size {
    let text = try communicator.broadcast(rank == root ? "läuft \(root)" : "x", root: root)
    try require(text == "läuft \(root)", "text \(text)")
    let empty = try communicator.broadcast(rank == root ? "" : "not empty", root: root)
    try require(empty.isEmpty, "text \(empty)")
    let array = try communicator.broadcast(
      rank == root ? [Double](repeating: 0.5, count: 5003) : [], root: root)
    try require(array == [Double](repeating: 0.5, count: 5003), "array of \(array.count)")
    try require(try communicator.broadcast(Int32(rank), root: root) == Int32(root), "value")
  }
  let ranks = (0..<size).map(Int64.init)
  try require(
    try communicator.allReduce(Int64(rank), .sum) == ranks.reduce(0, +), "sum of ranks")
  try require(try communicator.allReduce(Float(rank), .maximum) == Float(size - 1), "maximum")
  try require(try communicator.allGather(UInt8(rank)).map(Int64.init) == ranks, "allGather")
  if rank == 0 { print("values") }
}
