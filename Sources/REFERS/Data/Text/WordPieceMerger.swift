/// The working state of ``WordPieceTrainer``: distinct words as lists of pieces, the count of every
/// neighbouring pair, and a heap of the pairs.
struct WordPieceMerger {
  /// The pieces so far, in the order of their ids.
  private(set) var pieces: [String] = WordPieceVocabulary.specialTokens
  private var ids: [ByteKey: Int32] = [:]
  private var words: [[Int32]] = []
  private var frequencies: [Int] = []
  private var counts: [Pair: Int] = [:]
  /// The words a pair occurs or has occurred in; a word may stand more than once.
  private var places: [Pair: [Int32]] = [:]
  private var heap: [Candidate] = []

  private struct Pair: Hashable {
    let left: Int32
    let right: Int32
  }

  private struct Candidate {
    let pair: Pair
    let count: Int
  }

  init(words list: [(word: String, count: Int)], alphabetLimit: Int) {
    for (id, piece) in pieces.enumerated() { ids[ByteKey(piece)] = Int32(id) }
    let alphabet = Self.alphabet(of: list, limit: alphabetLimit)
    for scalar in alphabet { _ = add(String(scalar)) }
    let known = Set(alphabet)
    for (word, frequency) in list {
      var spelled: [Int32] = []
      for scalar in word.unicodeScalars where known.contains(scalar) {
        spelled.append(add(spelled.isEmpty ? String(scalar) : "##" + String(scalar)))
      }
      words.append(spelled)
      frequencies.append(frequency)
    }
    for (index, word) in words.enumerated() {
      for (left, right) in zip(word, word.dropFirst()) {
        let pair = Pair(left: left, right: right)
        counts[pair, default: 0] += frequencies[index]
        places[pair, default: []].append(Int32(index))
      }
    }
    heap.reserveCapacity(counts.count)
    for (pair, count) in counts { push(Candidate(pair: pair, count: count)) }
  }

  /// Merges the most frequent pair until there are `size` pieces or no pair is frequent enough.
  mutating func merge(until size: Int, minimumFrequency: Int) {
    while pieces.count < size, let best = pop() {
      let count = counts[best.pair] ?? 0
      guard count == best.count else {
        if count > 0 { push(Candidate(pair: best.pair, count: count)) }
        continue
      }
      guard count >= max(1, minimumFrequency) else { break }
      apply(best.pair)
    }
  }

  private mutating func apply(_ pair: Pair) {
    let merged = add(pieces[Int(pair.left)] + pieces[Int(pair.right)].dropFirst(2))
    var grown: [Pair] = []
    for place in places.removeValue(forKey: pair) ?? [] {
      let index = Int(place)
      let old = words[index]
      let new = Self.replacing(pair, by: merged, in: old)
      guard new.count < old.count else { continue }
      let frequency = frequencies[index]
      for (left, right) in zip(old, old.dropFirst()) {
        counts[Pair(left: left, right: right), default: 0] -= frequency
      }
      for (left, right) in zip(new, new.dropFirst()) {
        let next = Pair(left: left, right: right)
        counts[next, default: 0] += frequency
        if left == merged || right == merged {
          places[next, default: []].append(place)
          grown.append(next)
        }
      }
      words[index] = new
    }
    counts[pair] = nil
    var seen: Set<Pair> = []
    for next in grown where seen.insert(next).inserted {
      push(Candidate(pair: next, count: counts[next] ?? 0))
    }
  }

  private static func replacing(_ pair: Pair, by merged: Int32, in word: [Int32]) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(word.count)
    var index = 0
    while index < word.count {
      if index + 1 < word.count, word[index] == pair.left, word[index + 1] == pair.right {
        result.append(merged)
        index += 2
      } else {
        result.append(word[index])
        index += 1
      }
    }
    return result
  }

  /// The most frequent characters, in the order of their code points.
  private static func alphabet(
    of list: [(word: String, count: Int)], limit: Int
  ) -> [Unicode.Scalar] {
    var counts: [Unicode.Scalar: Int] = [:]
    for (word, frequency) in list {
      for scalar in word.unicodeScalars { counts[scalar, default: 0] += frequency }
    }
    let ranked = counts.sorted { ($1.value, $0.key.value) < ($0.value, $1.key.value) }
    return ranked.prefix(limit).map(\.key).sorted()
  }

  private mutating func add(_ piece: String) -> Int32 {
    if let id = ids[ByteKey(piece)] { return id }
    let id = Int32(pieces.count)
    pieces.append(piece)
    ids[ByteKey(piece)] = id
    return id
  }

  // MARK: Heap; the greatest count first, equal counts by the bytes of the pieces

  private func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
    if a.count != b.count { return a.count > b.count }
    if a.pair.left != b.pair.left {
      let (left, other) = (pieces[Int(a.pair.left)], pieces[Int(b.pair.left)])
      return left.utf8.lexicographicallyPrecedes(other.utf8)
    }
    let (right, other) = (pieces[Int(a.pair.right)], pieces[Int(b.pair.right)])
    return right.utf8.lexicographicallyPrecedes(other.utf8)
  }

  private mutating func push(_ candidate: Candidate) {
    var child = heap.count
    heap.append(candidate)
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() -> Candidate? {
    guard let top = heap.first else { return nil }
    heap[0] = heap[heap.count - 1]
    heap.removeLast()
    var parent = 0
    while true {
      var best = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if precedes(heap[child], heap[best]) { best = child }
      }
      guard best != parent else { return top }
      heap.swapAt(best, parent)
      parent = best
    }
  }
}
