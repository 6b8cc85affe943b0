import CProcessor
import Tensors

/// What this machine can do at best: the measure of all kernels.
public struct MachinePeak: Codable, Sendable {
  /// Floating-point operations a second of the threads of a rank, from fused multiply-adds that
  /// wait for nothing.
  public let operations: Double
  /// Bytes a second that the threads of a rank move in `y += x` over memory far larger than caches,
  /// two reads and a write each.
  public let bytes: Double

  /// Measures, on all ranks at once.
  ///
  /// - Throws: `Failure(.memory)`.
  static func measure(_ compute: Compute) throws -> MachinePeak {
    let team = compute.team
    let rounds = 4_000_000
    let seconds = Stopwatch.median(runs: 5) {
      team.forEach(team.count, of: "peak") { _, _ in _ = processor_multiply_add(rounds) }
    }
    let operations = Double(processor_multiply_add(1)) * Double(rounds * team.count)

    let count = 1 << 25
    let region = try MemoryRegion(byteCount: 2 * count * 4)
    let (x, y) = (region.floats, region.floats + count)
    let sweep = Stopwatch.median(runs: 5) {
      team.forEachRange(count, grain: 1 << 16, of: "peak") { range in
        Elementwise.add(
          x + range.lowerBound, to: y + range.lowerBound, count: range.count)
      }
    }
    return MachinePeak(operations: operations / seconds, bytes: Double(count * 12) / sweep)
  }
}
