import Determinism
import Diagnostics
import Distributed

/// The collective calls of a step, against MPI's own: for the sum, the best of any size of piece.
struct CollectiveBenchmark {
  private let communicator: Communicator
  private let tree: SumTree
  private let messageBytes: Int

  init(_ communicator: Communicator, tree: SumTree, messageBytes: Int) {
    self.communicator = communicator
    self.tree = tree
    self.messageBytes = messageBytes
  }

  /// Rows for a sum of so many bytes, and for a gather of features; none on one rank.
  ///
  /// - Parameter features: floats that each rank gives to the gather.
  func rows(bytes: Int = 100_000_000, features: Int, turns: Int = 9) throws -> [BenchmarkRow] {
    guard communicator.size > 1 else { return [] }
    let count = bytes / MemoryLayout<Float>.size
    let exchange = try TreeExchange<Float>(
      communicator, tree: tree, pieceElements: messageBytes / MemoryLayout<Float>.size)
    let buffers = exchange.nodes.map { _ in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      buffer.initialize(repeating: 0)
      return buffer
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    let partials = buffers.compactMap(\.baseAddress)

    // In turns, so that all see the same machine.
    let pieces = [1 << 16, 1 << 18, 1 << 20, 1 << 22, count]
    var sums: [Double] = []
    var plain = Array(repeating: [Double](), count: pieces.count)
    for turn in 0...turns {
      let sum = try slowest { _ = try exchange.sum(partials, 0..<count) }
      if turn > 0 { sums.append(sum) }
      for (place, piece) in pieces.enumerated() {
        let time = try slowest {
          try communicator.plainAllReduce(buffers[0], pieceElements: piece)
        }
        if turn > 0 { plain[place].append(time) }
      }
    }
    let medians = plain.map(Stopwatch.median(of:))
    let best = medians.min() ?? .nan
    let piece = medians.firstIndex(of: best).map { pieces[$0] } ?? 0
    return [
      BenchmarkRow(
        "tree sum, exact", shape: Self.megabytes(bytes), seconds: Stopwatch.median(of: sums),
        amount: Double(bytes), unit: .bytes, best: Double(bytes) / best),
      BenchmarkRow(
        "MPI_Allreduce, the best of \(pieces.count) sizes",
        shape: "\(Self.megabytes(bytes)) in pieces of \(Self.megabytes(piece * 4))", seconds: best,
        amount: Double(bytes), unit: .bytes),
    ] + (try gather(features, turns: turns)) + (try agreement(turns: 5 * turns))
  }

  private func gather(_ features: Int, turns: Int) throws -> [BenchmarkRow] {
    let own = [Float](repeating: 1, count: features)
    let counts = Array(repeating: features, count: communicator.size)
    var all = [Float](repeating: 0, count: features * communicator.size)
    var (ours, plain): ([Double], [Double]) = ([], [])
    for turn in 0...turns {
      let times = try own.withUnsafeBufferPointer { own in
        try all.withUnsafeMutableBufferPointer { all in
          (
            try slowest { try communicator.allGather(own, counts: counts, into: all) },
            try slowest { try communicator.plainAllGather(own, into: all) }
          )
        }
      }
      if turn == 0 { continue }
      ours.append(times.0)
      plain.append(times.1)
    }
    let shape = "\(communicator.size) x \(features)"
    let bytes = Double(all.count * MemoryLayout<Float>.size)
    let best = Stopwatch.median(of: plain)
    return [
      BenchmarkRow(
        "gather of features, checked", shape: shape, seconds: Stopwatch.median(of: ours),
        amount: bytes, unit: .bytes, best: bytes / best),
      BenchmarkRow("MPI_Allgather", shape: shape, seconds: best, amount: bytes, unit: .bytes),
    ]
  }

  /// What ranks agree on in a step: one number.
  private func agreement(turns: Int) throws -> [BenchmarkRow] {
    var value: [Float] = [1]
    func time(_ body: (UnsafeMutableBufferPointer<Float>) throws -> Void) throws -> Double {
      try slowest { try value.withUnsafeMutableBufferPointer { try body($0) } }
    }
    var (ours, plain): ([Double], [Double]) = ([], [])
    for turn in 0...turns {
      let times = (
        try time { try communicator.allReduce($0, .sum) },
        try time { try communicator.plainAllReduce($0, pieceElements: 1) }
      )
      if turn == 0 { continue }
      ours.append(times.0)
      plain.append(times.1)
    }
    let best = Stopwatch.median(of: plain)
    return [
      BenchmarkRow(
        "sum of a number, checked", shape: "1", seconds: Stopwatch.median(of: ours), amount: 4,
        unit: .bytes, best: 4 / best),
      BenchmarkRow("MPI_Allreduce of a number", shape: "1", seconds: best, amount: 4, unit: .bytes),
    ]
  }

  /// The time until the last rank is through.
  private func slowest(_ body: () throws -> Void) throws -> Double {
    try communicator.barrier()
    let own = try Stopwatch.seconds(body)
    return try communicator.allReduce(own, .maximum)
  }

  private static func megabytes(_ bytes: Int) -> String {
    "\(Amounts.short(Double(bytes) / 1e6)) MB"
  }
}
