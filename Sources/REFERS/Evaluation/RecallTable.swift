import Tensors

/// How often a study finds its report, and a report its study, among all of them.
///
/// Candidates are ranked by cosine. Studies with the very same report are one group, as nothing
/// tells their reports apart: a query has found when one of its own group is found, and the others
/// of the group count as one. Another group with an equal cosine ranks first: a tie is a miss.
public struct RecallTable: Sendable, Equatable {
  /// How many candidates may be looked at.
  public static let depths = [1, 5, 10]

  /// The share of studies that find their report among the first 1, 5 and 10.
  public let studyToReport: [Double]
  public let reportToStudy: [Double]
  public let studies: Int
  /// Groups of equal reports.
  public let reports: Int

  /// - Parameters:
  ///   - groups: the group of each study; studies with the same number have the same report.
  ///   - team: threads; they change no bit.
  /// - Complexity: 2 n² width operations, and n floats a thread.
  public init(
    studies image: [Float], reports text: [Float], width: Int, groups: [Int],
    team: ThreadTeam = ThreadTeam(count: 1)
  ) {
    let v = Self.unit(image, width: width)
    let t = Self.unit(text, width: width)
    var numbers: [Int: Int] = [:]
    let groups = groups.map { group -> Int in
      let number = numbers[group] ?? numbers.count
      numbers[group] = number
      return number
    }
    let count = numbers.count
    /// The number of groups that come before a query's own.
    func places(_ queries: [Float], _ candidates: [Float]) -> [Int] {
      var places = [Int](repeating: 0, count: groups.count)
      places.withUnsafeMutableBufferPointer { places in
        nonisolated(unsafe) let places = places
        team.forEach(groups.count) { query, _ in
          let best = Self.best(
            queries, query, candidates, width: width, groups: groups, count: count)
          let own = best[groups[query]]
          places[query] = best.indices.count { $0 != groups[query] && best[$0] >= own }
        }
      }
      return places
    }
    func shares(_ places: [Int]) -> [Double] {
      Self.depths.map { depth in
        Double(places.count { $0 < depth }) / Double(max(1, places.count))
      }
    }
    studies = groups.count
    reports = count
    studyToReport = shares(places(v, t))
    reportToStudy = shares(places(t, v))
  }

  /// The greatest cosine of a query with one of each group.
  private static func best(
    _ queries: [Float], _ query: Int, _ candidates: [Float], width: Int, groups: [Int], count: Int
  ) -> [Float] {
    var best = [Float](repeating: -2, count: count)
    queries.withUnsafeBufferPointer { queries in
      candidates.withUnsafeBufferPointer { candidates in
        let own = UnsafeBufferPointer(rebasing: queries[query * width..<(query + 1) * width])
        for (candidate, group) in groups.enumerated() {
          let other = candidates[candidate * width..<(candidate + 1) * width]
          let cosine = dot(own, UnsafeBufferPointer(rebasing: other))
          best[group] = max(best[group], cosine)
        }
      }
    }
    return best
  }

  /// Rows brought to length 1; one of zeros stays so.
  static func unit(_ rows: [Float], width: Int) -> [Float] {
    var rows = rows
    for start in stride(from: 0, to: rows.count, by: max(1, width)) {
      var sum = 0.0
      for i in start..<start + width { sum += Double(rows[i]) * Double(rows[i]) }
      let length = max(sum.squareRoot(), 1e-8)
      for i in start..<start + width { rows[i] = Float(Double(rows[i]) / length) }
    }
    return rows
  }

  /// Σ a b over sixteen running sums, whatever the processor.
  static func dot(
    _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>
  ) -> Float {
    let count = min(a.count, b.count)
    let (left, right) = (UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
    var sums = SIMD16<Float>(repeating: 0)
    var i = 0
    while i + 16 <= count {
      sums +=
        left.loadUnaligned(fromByteOffset: i * 4, as: SIMD16<Float>.self)
        * right.loadUnaligned(fromByteOffset: i * 4, as: SIMD16<Float>.self)
      i += 16
    }
    var rest: Float = 0
    while i < count {
      rest += a[i] * b[i]
      i += 1
    }
    return sums.sum() + rest
  }
}
