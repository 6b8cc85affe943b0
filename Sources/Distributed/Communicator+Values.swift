import Diagnostics

// Single values, arrays and text: for what is small and seldom.
extension Communicator {
  /// The sum, minimum or maximum of a value over the ranks.
  public func allReduce<Element: MPIElement>(
    _ value: Element, _ reduction: MPIReduction
  ) throws -> Element {
    var value = value
    try withUnsafeMutablePointer(to: &value) {
      try allReduce(UnsafeMutableBufferPointer(start: $0, count: 1), reduction)
    }
    return value
  }

  /// The root's value.
  public func broadcast<Element: MPIElement>(
    _ value: Element, root: Int = 0
  ) throws -> Element {
    var value = value
    try withUnsafeMutablePointer(to: &value) {
      try broadcast(UnsafeMutableBufferPointer(start: $0, count: 1), root: root)
    }
    return value
  }

  /// The root's array, whose length the other ranks need not know; their own is not looked at.
  public func broadcast<Element: MPIElement>(
    _ values: [Element], root: Int = 0
  ) throws -> [Element] {
    let count = Int(try broadcast(Int64(values.count), root: root))
    if rank == root {
      var values = values
      try values.withUnsafeMutableBufferPointer { try broadcast($0, root: root) }
      return values
    }
    return try [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      try broadcast(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), root: root)
      filled = count
    }
  }

  /// The root's text; that of the other ranks is not looked at.
  public func broadcast(_ text: String, root: Int = 0) throws -> String {
    String(decoding: try broadcast(Array(text.utf8), root: root), as: UTF8.self)
  }

  /// One value from each rank, in the order of ranks, on every rank.
  public func allGather<Element: MPIElement>(_ value: Element) throws -> [Element] {
    try allGather([value], counts: Array(repeating: 1, count: size))
  }

  /// The arrays of all ranks, one after the other, on every rank.
  public func allGather<Element: MPIElement>(
    _ own: [Element], counts: [Int]
  ) throws -> [Element] {
    let total = max(0, counts.reduce(0, +))
    return try own.withUnsafeBufferPointer { own in
      try [Element](unsafeUninitializedCapacity: total) { buffer, filled in
        try allGather(
          own, counts: counts, into: UnsafeMutableBufferPointer(rebasing: buffer[..<total]))
        filled = total
      }
    }
  }

  /// The texts of all ranks, in the order of ranks, on every rank.
  public func allGather(_ text: String) throws -> [String] {
    let counts = try allGather(Int64(text.utf8.count)).map(Int.init)
    let all = try allGather(Array(text.utf8), counts: counts)
    var start = 0
    return counts.map { count in
      defer { start += count }
      return String(decoding: all[start..<start + count], as: UTF8.self)
    }
  }
}
