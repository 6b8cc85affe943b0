/// Finds the names a person may have meant.
enum NearestName {
  /// The candidates nearest to a name, at most three; empty where none is near.
  ///
  /// The distance of two paths is the edit distance of the whole, or of their last k parts plus
  /// one for each part of the name before them and one if the candidate has more, whichever is
  /// smallest: `batch` finds `training.batch`.
  static func suggestions(for name: String, among candidates: [String]) -> [String] {
    let scored = candidates.map { (name: $0, distance: pathDistance(name, $0)) }
    guard let least = scored.map(\.distance).min(), least <= max(2, name.count / 3) else {
      return []
    }
    return Array(scored.filter { $0.distance == least }.map(\.name).prefix(3))
  }

  private static func pathDistance(_ name: String, _ candidate: String) -> Int {
    let parts = name.split(separator: ".")
    let others = candidate.split(separator: ".")
    let distances = (0..<min(parts.count, others.count)).map { last in
      let count = last + 1
      let ends = [parts, others].map { $0.suffix(count).joined(separator: ".") }
      return distance(ends[0], ends[1]) + parts.count - count + (others.count > count ? 1 : 0)
    }
    return min(distances.min() ?? .max, distance(name, candidate))
  }

  /// The fewest insertions, deletions, replacements and swaps of neighbours that turn a into b.
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var current = [i + 1]
      for j in 0..<b.count {
        var best = min(last[j + 1] + 1, current[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[b.count]
  }
}
