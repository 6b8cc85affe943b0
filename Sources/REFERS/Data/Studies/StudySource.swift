/// Where studies come from: a list in a fixed order, and the report of each.
public protocol StudySource: Sendable {
  /// Every study, in an order that depends on the source's content alone.
  var studies: [Study] { get }
  /// The number of studies.
  var count: Int { get }
  /// The number of studies left out because their reports have fewer than three tokens.
  var dropped: Int { get }
  /// Why studies were left out, and how many; those ``dropped`` are among them.
  var leftOut: [LeftOut] { get }
  /// What a person should know of how the source was read, in sentences without names.
  var notices: [String] { get }
  /// Whether all images are known to be whole, so that nobody need look at them.
  var imagesAreChecked: Bool { get }

  /// The folder that its tables' paths begin in; empty where images have none.
  var imageFolder: String { get }

  /// One study; its index must be one.
  func study(_ index: Int) -> Study

  /// The indices of the studies of the given splits, ascending.
  func indices(of splits: [StudySplit]) -> [Int]

  /// The report of a study: findings and impression as one string.
  ///
  /// - Throws: `Failure(.file)` or `Failure(.input)` that names the study by its index.
  func report(of index: Int) throws -> String

  /// A radiograph, counted from 0, as it is right after decoding; nil where the source has files.
  func image(_ number: Int, of study: Int, at size: BaseSize) throws -> GrayBytes?
}

/// A reason to leave studies out, without names, and the number of studies.
public struct LeftOut: Equatable, Sendable {
  public let reason: String
  public let count: Int

  public init(_ reason: String, _ count: Int) {
    self.reason = reason
    self.count = count
  }
}

extension StudySource {
  public var count: Int { studies.count }
  public var leftOut: [LeftOut] {
    [LeftOut("no report of at least \(minimumReportTokens) tokens", dropped)]
  }
  public var notices: [String] { [] }
  public var imagesAreChecked: Bool { false }
  public var imageFolder: String { "" }
  public func study(_ index: Int) -> Study { studies[index] }
  public func indices(of splits: [StudySplit]) -> [Int] {
    studies.indices.filter { splits.contains(studies[$0].split) }
  }
  public func image(_ number: Int, of study: Int, at size: BaseSize) throws -> GrayBytes? { nil }

  /// A radiograph's path below ``imageFolder``, else its file; never logged.
  func name(of radiograph: Radiograph) -> String {
    let folder = imageFolder + "/"
    let isBelow = radiograph.file.hasPrefix(folder)
    return isBelow ? String(radiograph.file.dropFirst(folder.count)) : radiograph.file
  }
}

/// The fewest tokens (words and punctuation marks) a report needs to be used (REFERS sec. 7.1).
public let minimumReportTokens = 3
