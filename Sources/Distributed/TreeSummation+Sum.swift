import Diagnostics

extension TreeSummation {
  /// Replaces `partials[0][offset ..< offset + count]` by the sum over all leaves, on every rank.
  ///
  /// Elements outside that range stay as they are; within it the other partials are left without
  /// meaning.
  ///
  /// - Parameters:
  ///   - partials: one vector for each of ``nodes``, none overlapping another.
  ///   - offset: the first element to sum, so that a vector may be summed piece by piece.
  ///   - count: the number of elements to sum, equal on all ranks.
  /// - Throws: `shape` if partials and nodes differ in number; `communication` if the ranks
  ///   disagree or MPI fails.
  public func sum(
    _ partials: [UnsafeMutablePointer<Element>], offset: Int = 0, count: Int
  ) throws {
    guard partials.count == nodes.count, offset >= 0, count >= 0 else {
      throw Failure(
        .shape,
        "A tree sum over \(nodes.count) nodes was given \(partials.count) vectors, "
          + "\(count) elements from \(offset).",
        remedy: "Give one vector for each node of this rank, and no negative count or offset.")
    }
    try communicator.agree(
      .treeSum, Element.kind, detail: Int64(tree.leaves) << 32 | Int64(sliceLimit), count: count)
    guard communicator.size > 1, count > 0 else { return }

    let blocks = Blocks(count: count, parts: communicator.size, limit: sliceLimit)
    let partials = offset == 0 ? partials : partials.map { $0 + offset }
    try exchangeParts(of: blocks[0], partials, 0)
    for block in 0..<blocks.number {
      if block + 1 < blocks.number {
        try exchangeParts(of: blocks[block + 1], partials, (block + 1) % 2)
      }
      try parts[block % 2].wait()
      addParts(of: blocks[block], partials, block % 2)
      try sums[block % 2].wait()
      try exchangeSums(of: blocks[block], partials[0], block % 2)
    }
    for exchange in sums { try exchange.wait() }
  }

  /// Where the part of a node, among the nodes of all ranks, is to be found.
  private func part(
    _ node: Int, of slice: Range<Int>, _ partials: [UnsafeMutablePointer<Element>], _ half: Int
  ) -> UnsafeMutablePointer<Element> {
    let own = places[communicator.rank]
    if own.contains(node) { return partials[node - own.lowerBound] + slice.lowerBound }
    let place = node < own.lowerBound ? node : node - own.count
    return received + (half * others + place) * sliceLimit
  }

  private func exchangeParts(
    of block: Block, _ partials: [UnsafeMutablePointer<Element>], _ half: Int
  ) throws {
    let rank = communicator.rank
    for step in 1..<communicator.size {
      let peer = (rank + communicator.size - step) % communicator.size
      let slice = block[rank]
      for node in places[peer] {
        try parts[half].receive(
          UnsafeMutableBufferPointer(
            start: part(node, of: slice, partials, half), count: slice.count), from: peer)
      }
    }
    for step in 1..<communicator.size {
      let peer = (rank + step) % communicator.size
      let slice = block[peer]
      for partial in partials {
        try parts[half].send(
          UnsafeBufferPointer(start: partial + slice.lowerBound, count: slice.count), to: peer)
      }
    }
  }

  private func addParts(
    of block: Block, _ partials: [UnsafeMutablePointer<Element>], _ half: Int
  ) {
    let slice = block[communicator.rank]
    let result = partials[0] + slice.lowerBound
    operands.removeAll(keepingCapacity: true)
    for node in 0..<nodes.count + others {
      operands.append(part(node, of: slice, partials, half))
    }
    // Tiles that stay in the first-level cache from one addition to the next.
    let tile = 1024
    for start in stride(from: 0, to: slice.count, by: tile) {
      let count = min(tile, slice.count - start)
      for (index, addition) in additions.enumerated() {
        let left = operands[addition.left] + start
        let target = index == additions.count - 1 ? result + start : left
        Element.add(left, operands[addition.right] + start, into: target, count: count)
      }
    }
  }

  private func exchangeSums(
    of block: Block, _ result: UnsafeMutablePointer<Element>, _ half: Int
  ) throws {
    let rank = communicator.rank
    for step in 1..<communicator.size {
      let peer = (rank + communicator.size - step) % communicator.size
      let slice = block[peer]
      try sums[half].receive(
        UnsafeMutableBufferPointer(start: result + slice.lowerBound, count: slice.count),
        from: peer)
    }
    let own = block[rank]
    for step in 1..<communicator.size {
      try sums[half].send(
        UnsafeBufferPointer(start: result + own.lowerBound, count: own.count),
        to: (rank + step) % communicator.size)
    }
  }
}

/// A vector in blocks, each of which has one slice for each rank.
struct Blocks {
  let count: Int
  let parts: Int
  let limit: Int

  var number: Int { (count + parts * limit - 1) / (parts * limit) }

  subscript(_ index: Int) -> Block {
    let start = index * parts * limit
    let end = min(count, start + parts * limit)
    // Whole cache lines, save in the last slice.
    let even = (end - start + parts - 1) / parts
    return Block(range: start..<end, length: min(limit, (even + 15) / 16 * 16))
  }
}

/// A part of a vector, cut into slices of one length but for the last, which may be short or empty.
struct Block {
  let range: Range<Int>
  let length: Int

  subscript(_ part: Int) -> Range<Int> {
    let start = min(range.upperBound, range.lowerBound + part * length)
    return start..<min(range.upperBound, start + length)
  }
}
