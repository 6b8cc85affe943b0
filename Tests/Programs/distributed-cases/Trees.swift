import Determinism
import Diagnostics
import Distributed

/// What a leaf contributes: sums of it depend on the order of addition in nearly every element,
/// and on no addition being left out where all are negative zeros.
private func leaf<Element: TreeElement>(
  _ type: Element.Type, _ leaf: Int, count: Int
) -> [Element] {
  (0..<count).map { index in
    var random = CounterRandom(seed: 5, UInt64(leaf), UInt64(index))
    switch index % 11 {
    case 0: return -0.0
    case 1: return random.chance(0.5) ? -0.0 : 0.0
    case 2: return Element(random.uniform(-9, 9)) * Element.leastNormalMagnitude / 16
    case 3: return Element(random.uniform(-1, 1)) * (random.chance(0.3) ? 1e9 : 1e-3)
    default: return Element(random.uniform(-1, 1))
    }
  }
}

protocol TreeElement: CaseElement, MPISummable, BinaryFloatingPoint {}
extension Float: TreeElement {}
extension Double: TreeElement {}

/// The plain recursive sum along the tree.
func treeSum<Element: TreeElement>(
  _ type: Element.Type, over leaves: Range<Int>, count: Int
) -> [Element] {
  guard leaves.count > 1 else { return leaf(type, leaves.lowerBound, count: count) }
  let middle = leaves.lowerBound + leaves.count / 2
  let left = treeSum(type, over: leaves.lowerBound..<middle, count: count)
  let right = treeSum(type, over: middle..<leaves.upperBound, count: count)
  return zip(left, right).map { $0 + $1 }
}

func tree(_ communicator: Communicator) throws {
  for leaves in [8, 16] {
    try tree(communicator, Float.self, leaves: leaves, counts: counts + [1 << 18 + 77])
    try tree(communicator, Double.self, leaves: leaves, counts: counts + [1 << 18 + 77])
  }
}

/// Without the long vectors, for a piece limit of a few elements.
func shortTree(_ communicator: Communicator) throws {
  try tree(communicator, Float.self, leaves: 8, counts: counts)
}

private func tree<Element: TreeElement>(
  _ communicator: Communicator, _ type: Element.Type, leaves: Int, counts: [Int]
) throws {
  guard let tree = SumTree(leaves: leaves) else { throw Failure(.numerics, "No tree.") }
  let exchange = try TreeExchange<Element>(communicator, tree: tree)
  for count in counts {
    let wanted = treeSum(type, over: 0..<leaves, count: count)
    let partials = exchange.nodes.map { treeSum(type, over: $0, count: count) }
    let place = "tree of \(leaves), \(count) \(type), rank \(communicator.rank)"

    let whole = try withPointers(to: partials) { try exchange.sum($0, 0..<count) }
    try require(sameBits(whole, wanted), place)
    if communicator.rank == 0 { print("tree \(leaves) \(type) \(count) \(hash(whole))") }

    // Slice by slice, and only the slice asked for.
    let cut = count / 3
    let tail = try withPointers(to: partials) {
      try exchange.sum($0, cut..<count)
    }
    try require(sameBits(Array(tail[cut...]), Array(wanted[cut...])), "tail of " + place)
    try require(sameBits(Array(tail[..<cut]), Array(partials[0][..<cut])), "head of " + place)
    let slices = try withPointers(to: partials) {
      try exchange.sum($0, cut..<count)
      try exchange.sum($0, 0..<cut)
    }
    try require(sameBits(slices, wanted), "slices of " + place)
  }
  try requireFailure(.shape, mentioning: "nodes") { try exchange.sum([], 0..<1) }
}

/// The first vector after the body has had pointers to copies of all of them.
func withPointers<Element>(
  to vectors: [[Element]], _ body: ([UnsafeMutablePointer<Element>]) throws -> Void
) throws -> [Element] {
  let copies = vectors.map { vector in
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: vector.count + 1)
    _ = copy.initialize(from: vector)
    return copy
  }
  defer { for copy in copies { copy.deallocate() } }
  try body(copies.compactMap(\.baseAddress))
  return Array(copies[0][..<vectors[0].count])
}

/// Sums in half the size, each of them rounded, on any number of ranks the same.
func roundedTree(_ communicator: Communicator) throws {
  guard let tree = SumTree(leaves: 8) else { throw Failure(.numerics, "No tree.") }
  let exchange = try TreeExchange<BFloat16>(communicator, tree: tree)
  func sum(_ leaves: Range<Int>, count: Int) -> [BFloat16] {
    guard leaves.count > 1 else {
      return leaf(Float.self, leaves.lowerBound, count: count).map { BFloat16($0) }
    }
    let middle = leaves.lowerBound + leaves.count / 2
    let left = sum(leaves.lowerBound..<middle, count: count)
    let right = sum(middle..<leaves.upperBound, count: count)
    return zip(left, right).map { BFloat16($0.float + $1.float) }
  }
  for count in counts + [1 << 18 + 77] {
    let whole = try withPointers(to: exchange.nodes.map { sum($0, count: count) }) {
      try exchange.sum($0, 0..<count)
    }
    try require(
      whole == sum(0..<8, count: count), "\(count) in bfloat16, rank \(communicator.rank)")
    if communicator.rank == 0 {
      print("rounded \(count) \(hash(whole.map { UInt64($0.bits) }))")
    }
  }
}

/// MPI's own sum, piece by piece: of whole numbers, which any order adds alike.
func plainSum(_ communicator: Communicator) throws {
  let count = 5003
  for piece in [1, 1000, 5003, 1 << 20] {
    var values = (0..<count).map { Float($0 % 97 + communicator.rank) }
    try values.withUnsafeMutableBufferPointer {
      try communicator.plainAllReduce($0, pieceElements: piece)
    }
    let ranks = Float(communicator.size)
    let wanted = (0..<count).map { ranks * Float($0 % 97) + ranks * (ranks - 1) / 2 }
    try require(values == wanted, "pieces of \(piece)")
  }
}

func treeNeedsLeaves(_ communicator: Communicator) throws {
  guard let tree = SumTree(leaves: 2) else { throw Failure(.numerics, "No tree.") }
  let failure = try requireFailure(.configuration, mentioning: "3 ranks", "2 shards") {
    _ = try TreeExchange<Float>(communicator, tree: tree)
  }
  try require(failure.remedy.contains("`shards`"), failure.remedy)
  if communicator.rank == 0 { print(failure) }
}
