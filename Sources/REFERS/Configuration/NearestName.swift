/// Finds the names a person may have meant.
enum NearestName {
  /// The candidates nearest to a name, at most three; empty where none is near.
  ///
  /// The distance of two paths is the edit distance of the whole, or of their last k parts plus
  /// one for each part of the name before them and one if the candidate has more, whichever is
  /// smallest: `batch` finds `training.batch`.
  ///
  /// - Complexity: the edit distance is taken only of what is short enough to be near: a name of any
  ///   length costs no more than one half longer than the longest candidate.
  static func suggestions(for name: String, among candidates: [String]) -> [String] {
    let name = Array(name.unicodeScalars)
    let limit = max(2, name.count / 3)
    let parts = ends(of: name)
    let scored = candidates.map { candidate in
      (
        name: candidate,
        distance: pathDistance(name, parts, Array(candidate.unicodeScalars), limit: limit)
      )
    }
    guard let least = scored.map(\.distance).min(), least <= limit else { return [] }
    return Array(scored.filter { $0.distance == least }.map(\.name).prefix(3))
  }

  /// The last part of a path, its last two, and so on up to the whole path.
  private static func ends(of path: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
    let starts = path.indices.filter { $0 > 0 && path[$0 - 1] == "." }
    return starts.reversed().map { path[$0...] } + [path[...]]
  }

  /// The distance of two paths; any number above the limit where they are further apart.
  private static func pathDistance(
    _ name: [Unicode.Scalar], _ parts: [ArraySlice<Unicode.Scalar>], _ candidate: [Unicode.Scalar],
    limit: Int
  ) -> Int {
    let others = ends(of: candidate)
    var least = distance(name[...], candidate[...], limit: limit)
    for (index, (ours, theirs)) in zip(parts, others).enumerated() {
      let missing = parts.count - index - 1 + (others.count > index + 1 ? 1 : 0)
      guard missing <= limit else { continue }
      least = min(least, missing + distance(ours, theirs, limit: limit - missing))
    }
    return least
  }

  /// The fewest insertions, deletions, replacements and swaps of neighbours that turn a into b;
  /// limit + 1 where their lengths alone are further apart than the limit.
  private static func distance(
    _ a: ArraySlice<Unicode.Scalar>, _ b: ArraySlice<Unicode.Scalar>, limit: Int
  ) -> Int {
    guard abs(a.count - b.count) <= limit else { return limit + 1 }
    let (a, b) = (Array(a), Array(b))
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var current = last
    for i in a.indices {
      current[0] = i + 1
      for j in b.indices {
        var best = min(last[j + 1] + 1, current[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        current[j + 1] = best
      }
      (beforeLast, last, current) = (last, current, beforeLast)
    }
    return last[b.count]
  }
}
