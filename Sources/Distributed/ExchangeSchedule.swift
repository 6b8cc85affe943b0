import Determinism

/// What one rank sends, receives and adds to sum a piece along the tree, step by step.
///
/// A piece is cut into as many slices as there are ranks. Where the ranks are a power of two, each
/// holds one subtree: recursive halving brings siblings together, neighbours first, each of a pair
/// keeping half of what it holds, and recursive doubling takes the sums back. Otherwise every rank
/// receives all others' parts of its slice, adds them along the tree, and hands the sum to all.
struct ExchangeSchedule {
  /// Where elements stand: a partial vector of this rank, or what was received for a slot.
  enum Place {
    case partial(Int)
    case slot(Int)
  }

  struct Transfer {
    let peer: Int
    let place: Place
    let slices: Range<Int>
  }

  struct Step {
    var receives: [Transfer] = []
    var sends: [Transfer] = []
    /// The slices to add once all has come, into the first partial vector.
    var slices = 0..<0
    var operands: [Place] = []
    /// `operand[left] = operand[left] + operand[right]`, the last one the root's.
    var additions: [(left: Int, right: Int)] = []
  }

  /// The number of slices of a piece.
  let slices: Int
  /// The slices that a slot holds, and the number of slots.
  let slotSlices: Int
  let slots: Int
  /// The largest number of slices in one message.
  let messageSlices: Int
  let steps: [Step]

  /// The schedule of a rank; without steps where it is alone.
  init(tree: SumTree, rank: Int, size: Int) {
    slices = size
    if size & (size - 1) == 0 {
      steps = size == 1 ? [] : Self.halvingAndDoubling(rank: rank, size: size)
      slotSlices = max(1, size / 2)
      slots = 1
    } else {
      let nodes = (0..<size).map { tree.nodes(covering: tree.leaves(ofPart: $0, of: size)) }
      steps = Self.direct(tree: tree, nodes: nodes, rank: rank)
      slotSlices = 1
      slots = nodes.reduce(0) { $0 + $1.count } - nodes[rank].count
    }
    messageSlices = slotSlices
  }

  private static func halvingAndDoubling(rank: Int, size: Int) -> [Step] {
    var halvings: [Step] = []
    var doublings: [Step] = []
    var held = 0..<size
    var distance = 1
    while distance < size {
      let middle = held.lowerBound + held.count / 2
      let halves = [held.lowerBound..<middle, middle..<held.upperBound]
      let isLeft = rank & distance == 0
      let (kept, given) = isLeft ? (halves[0], halves[1]) : (halves[1], halves[0])
      let peer = rank ^ distance
      let sum = Place.partial(0)
      halvings.append(
        Step(
          receives: [Transfer(peer: peer, place: .slot(0), slices: kept)],
          sends: [Transfer(peer: peer, place: sum, slices: given)], slices: kept,
          operands: isLeft ? [sum, .slot(0)] : [.slot(0), sum], additions: [(0, 1)]))
      doublings.append(
        Step(
          receives: [Transfer(peer: peer, place: sum, slices: given)],
          sends: [Transfer(peer: peer, place: sum, slices: kept)]))
      held = kept
      distance *= 2
    }
    return halvings + doublings.reversed()
  }

  private static func direct(tree: SumTree, nodes: [[Range<Int>]], rank: Int) -> [Step] {
    let size = nodes.count
    var parts = Step(slices: rank..<rank + 1)
    var sums = Step()
    var slots: [Range<Int>] = []
    for (peer, theirs) in nodes.enumerated() {
      if peer == rank {
        parts.operands += theirs.indices.map(Place.partial)
      } else {
        let places = (slots.count..<slots.count + theirs.count).map(Place.slot)
        parts.operands += places
        parts.receives += places.map { Transfer(peer: peer, place: $0, slices: rank..<rank + 1) }
        slots += theirs
      }
    }
    parts.additions = additions(over: nodes.flatMap { $0 }, tree: tree)
    // Each rank begins with its right neighbour, so that none is overrun.
    for peer in (1..<size).map({ (rank + $0) % size }) {
      let slice = peer..<peer + 1
      parts.sends += nodes[rank].indices.map {
        Transfer(peer: peer, place: .partial($0), slices: slice)
      }
      sums.sends.append(Transfer(peer: peer, place: .partial(0), slices: rank..<rank + 1))
      sums.receives.append(Transfer(peer: peer, place: .partial(0), slices: slice))
    }
    return [parts, sums]
  }

  /// The additions that lead from nodes covering the tree to its root, children first.
  private static func additions(
    over nodes: [Range<Int>], tree: SumTree
  ) -> [(left: Int, right: Int)] {
    var additions: [(left: Int, right: Int)] = []
    func fold(_ range: Range<Int>) -> Int {
      if let place = nodes.firstIndex(of: range) { return place }
      let middle = range.lowerBound + range.count / 2
      let left = fold(range.lowerBound..<middle)
      let right = fold(middle..<range.upperBound)
      additions.append((left, right))
      return left
    }
    _ = fold(0..<tree.leaves)
    return additions
  }
}
