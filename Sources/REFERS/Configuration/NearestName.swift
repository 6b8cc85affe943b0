/// Finds the names a person may have meant.
enum NearestName {
  /// The candidates nearest to a name, at most three; empty where none is near.
  ///
  /// The distance of two paths is the edit distance of the whole, or of their last parts plus
  /// one, whichever is smaller, so that `batch` finds `training.batch`.
  static func suggestions(for name: String, among candidates: [String]) -> [String] {
    let scored = candidates.map { (name: $0, distance: pathDistance(name, $0)) }
    guard let least = scored.map(\.distance).min(), least <= max(2, name.count / 3) else {
      return []
    }
    return Array(scored.filter { $0.distance == least }.map(\.name).prefix(3))
  }

  private static func pathDistance(_ a: String, _ b: String) -> Int {
    min(distance(a, b), distance(lastPart(a), lastPart(b)) + 1)
  }

  private static func lastPart(_ path: String) -> String {
    String(path.split(separator: ".").last ?? "")
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
