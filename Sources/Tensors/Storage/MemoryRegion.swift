import Diagnostics
import Foundation

/// A zeroed block of memory taken from the system once, aligned to and backed by 2 MiB pages where
/// the system has them.
///
/// Huge pages are worth 10-20 % of a training step: activations are walked from end to end many
/// times, and 4 KiB pages spend that time in page faults and address translation.
public final class MemoryRegion: @unchecked Sendable {
  /// The first byte; aligned to 2 MiB.
  public let base: UnsafeMutableRawPointer
  /// The usable size in bytes.
  public let byteCount: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int

  static let hugePage = 2 << 20

  /// Takes at least `byteCount` bytes.
  ///
  /// - Throws: `Failure(.memory)` where the system has no such memory.
  public init(byteCount: Int) throws {
    let page = MemoryRegion.hugePage
    let size = (max(byteCount, 1) + page - 1) / page * page
    let mapped = mmap(
      nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      throw Failure(
        .memory, "cannot take \(size >> 20) MiB of memory: \(String(cString: strerror(errno))).",
        remedy: "Use a smaller batch or model, or a machine with more memory.")
    }
    self.mapping = mapped
    self.mappedBytes = size + page
    let aligned = (Int(bitPattern: mapped) + page - 1) / page * page
    self.base = mapped + (aligned - Int(bitPattern: mapped))
    self.byteCount = size
    // A refusal only means small pages.
    _ = madvise(base, size, Int32(14))
  }

  deinit { munmap(mapping, mappedBytes) }

  /// The region as floats.
  public var floats: UnsafeMutablePointer<Float> {
    base.bindMemory(to: Float.self, capacity: byteCount / MemoryLayout<Float>.stride)
  }
}
