import Determinism
import Diagnostics
import Distributed

/// Times the tree sum of 100 MB, with slices of several sizes, against MPI's allreduce, in turns.
///
/// Prints the median and the least of the times, and of those divided by allreduce's in the same
/// turn.
func treeSpeed(_ communicator: Communicator) throws {
  guard let tree = SumTree(leaves: 8) else { throw Failure(.numerics, "No tree.") }
  let count = 25_000_000
  let limits = [16, 17, 18, 20, 22]
  let exchanges = try limits.map {
    try TreeExchange<Float>(communicator, tree: tree, pieceElements: 1 << $0)
  }
  let buffers = exchanges[0].nodes.map { _ in
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    buffer.initialize(repeating: 0)
    return buffer
  }
  defer { for buffer in buffers { buffer.deallocate() } }

  var times = Array(repeating: [Double](), count: limits.count + 1)
  for _ in 0..<8 {
    times[0] += [
      try milliseconds(communicator) { try communicator.allReduce(buffers[0], .sum) }
    ]
    for (index, exchange) in exchanges.enumerated() {
      times[index + 1] += [
        try milliseconds(communicator) {
          try exchange.sum(buffers.compactMap(\.baseAddress), 0..<count)
        }
      ]
    }
  }
  guard communicator.rank == 0 else { return }
  let names = ["allreduce"] + limits.map { "tree, messages of 2^\($0)" }
  for (name, own) in zip(names, times) {
    let ratios = zip(own, times[0]).map { $0 / $1 }
    print("\(name): \(summary(own)) ms, \(summary(ratios)) of allreduce")
  }
}

/// The time until the last rank is through.
private func milliseconds(_ communicator: Communicator, _ body: () throws -> Void) throws -> Double
{
  try communicator.barrier()
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  let spent = (clock.now - start).components
  return try communicator.allReduce(
    Double(spent.seconds) * 1e3 + Double(spent.attoseconds) / 1e15, .maximum)
}

private func summary(_ values: [Double]) -> String {
  let sorted = values.sorted()
  func text(_ value: Double) -> String { String((value * 100).rounded() / 100) }
  return "median \(text(sorted[sorted.count / 2])) least \(text(sorted[0]))"
}
