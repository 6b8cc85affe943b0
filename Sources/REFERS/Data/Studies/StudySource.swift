/// Where studies come from: a list in a fixed order, and the report of each.
public protocol StudySource: Sendable {
  /// Every study, in an order that depends on the source's content alone.
  var studies: [Study] { get }
  /// The number of studies left out because their reports have fewer than three tokens.
  var dropped: Int { get }

  /// The report of a study: findings and impression as one string.
  ///
  /// - Throws: `Failure(.file)` or `Failure(.input)` that names the study by its index.
  func report(of index: Int) throws -> String
}

extension StudySource {
  /// The indices of the studies of the given splits, ascending.
  public func indices(of splits: [StudySplit]) -> [Int] {
    studies.indices.filter { splits.contains(studies[$0].split) }
  }
}

/// The fewest tokens (words and punctuation marks) a report needs to be used (REFERS sec. 7.1).
public let minimumReportTokens = 3
