import Determinism
import Diagnostics

/// The memory of a step: taken from the system once, handed out and taken back many times.
///
/// Blocks are cut from regions first-fit by address and merged with their free neighbours when
/// they come back, so that a step that repeats the sizes of the last one takes nothing from the
/// system. Used from one thread only: kernels never allocate.
public final class Workspace {
  private var regions: [MemoryRegion] = []
  /// Free blocks by address; no two touch within one region.
  private var free: [(start: Int, size: Int)] = []
  /// Bytes handed out now, the most so far, and bytes taken from the system.
  public private(set) var used = 0
  public private(set) var peak = 0
  public private(set) var reserved = 0
  private static let alignment = 256
  let growth: Int

  /// A workspace that grows by at least `growth` bytes at a time.
  public init(growth: Int = 64 << 20) { self.growth = growth }

  /// An uninitialised block of `count` floats that returns when its last holder lets go.
  ///
  /// - Throws: `Failure(.memory)` where the system has no more memory.
  public func allocate(_ count: Int) throws -> Buffer {
    let size = max(
      (count * 4 + Workspace.alignment - 1) / Workspace.alignment * Workspace.alignment,
      Workspace.alignment)
    var index = free.firstIndex { $0.size >= size }
    if index == nil {
      let region = try MemoryRegion(byteCount: max(size, growth))
      regions.append(region)
      reserved += region.byteCount
      index = insert(start: Int(bitPattern: region.base), size: region.byteCount)
      // A neighbour may have been merged in; the block at hand still fits.
    }
    guard let index, let base = UnsafeMutableRawPointer(bitPattern: free[index].start) else {
      throw Failure(.memory, "the workspace lost a block.")
    }
    if free[index].size == size {
      free.remove(at: index)
    } else {
      free[index].start += size
      free[index].size -= size
    }
    used += size
    peak = max(peak, used)
    return Buffer(
      pointer: base.bindMemory(to: Float.self, capacity: size / 4), count: count, byteCount: size,
      workspace: self)
  }

  fileprivate func release(_ start: Int, size: Int) {
    used -= size
    _ = insert(start: start, size: size)
  }

  /// Puts a block among the free ones, merges it with its neighbours, and returns its index.
  private func insert(start: Int, size: Int) -> Int {
    var low = 0
    var high = free.count
    while low < high {
      let middle = (low + high) / 2
      if free[middle].start < start { low = middle + 1 } else { high = middle }
    }
    var index = low
    free.insert((start, size), at: index)
    if index + 1 < free.count, start + size == free[index + 1].start {
      free[index].size += free[index + 1].size
      free.remove(at: index + 1)
    }
    if index > 0, free[index - 1].start + free[index - 1].size == start {
      free[index - 1].size += free[index].size
      free.remove(at: index)
      index -= 1
    }
    return index
  }
}

/// A block of a workspace; it goes back when the last reference to it ends.
public final class Buffer {
  /// The values; without meaning while they are packed or forgotten.
  public private(set) var pointer: UnsafeMutablePointer<Float>
  public let count: Int
  private let byteCount: Int
  private let workspace: Workspace
  private var state = State.whole

  private enum State {
    case whole
    /// The values are in half the memory.
    case packed(Buffer)
    /// The memory was given back, or belongs to another.
    case forgotten
  }

  fileprivate init(
    pointer: UnsafeMutablePointer<Float>, count: Int, byteCount: Int, workspace: Workspace
  ) {
    self.pointer = pointer
    self.count = count
    self.byteCount = byteCount
    self.workspace = workspace
  }

  deinit { giveBack() }

  /// Rounds the values to bfloat16, and gives back half of the memory until ``unpack(team:)``.
  func pack(team: ThreadTeam) throws {
    guard case .whole = state else { return }
    let half = try workspace.allocate((count + 1) / 2)
    team.forEachRange(count, grain: 1 << 16) { range in
      BFloat16.pack(
        pointer + range.lowerBound, into: half.halves + range.lowerBound, count: range.count)
    }
    giveBack()
    state = .packed(half)
  }

  /// Brings back what ``pack(team:)`` has left of the values.
  func unpack(team: ThreadTeam) throws {
    guard case .packed(let half) = state else { return }
    try takeAgain()
    team.forEachRange(count, grain: 1 << 16) { range in
      BFloat16.unpack(
        half.halves + range.lowerBound, into: pointer + range.lowerBound, count: range.count)
    }
  }

  /// Gives back the memory; the values are lost.
  func forget() {
    giveBack()
    state = .forgotten
  }

  /// Takes memory again, for values that are computed anew.
  func reclaim() throws {
    guard case .forgotten = state else { return }
    try takeAgain()
  }

  private func giveBack() {
    if case .whole = state { workspace.release(Int(bitPattern: pointer), size: byteCount) }
  }

  private func takeAgain() throws {
    let block = try workspace.allocate(count)
    // It changes hands: the other one gives nothing back.
    block.state = .forgotten
    pointer = block.pointer
    state = .whole
  }

  /// Rounds the values to bfloat16 where they are.
  func round(team: ThreadTeam) {
    team.forEachRange(count, grain: 1 << 16) { range in
      BFloat16.round(pointer + range.lowerBound, count: range.count)
    }
  }

  private var halves: UnsafeMutablePointer<BFloat16> {
    UnsafeMutableRawPointer(pointer).bindMemory(to: BFloat16.self, capacity: 2 * count)
  }
}
