import Diagnostics

/// A column whose values are classes, of which one is true of an image; blanks are not known.
///
/// Two values make a binary task, whose class is the one that does not say that nothing was found,
/// else the second of them in order.
struct ClassValues {
  let task: LabelTask
  let classes: [String]
  /// The label of each line: 0 or 1 of two values, else the number of the class.
  let rows: [[Float]]

  /// More classes than this are no classes.
  private static let limit = 100
  /// Values that say that nothing was found.
  private static let negatives: Set = [
    "normal", "no finding", "none", "no", "negative", "false", "absent", "healthy", "control",
  ]

  /// - Throws: `Failure(.input)` for too few values or too many, two that differ in case or white
  ///   space alone, and two of which both say that nothing was found.
  init(_ place: Int, of table: TableLines) throws {
    let column = "Column \(table.header[place]) of \(table.name)"
    let values = table.lines.map { $0.fields[place].trimmed }
    let found = Set(values).subtracting([""]).sorted {
      if let a = Int($0), let b = Int($1), a != b { return a < b }
      return $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    guard (2...Self.limit).contains(found.count) else {
      throw Failure(
        .input, "\(column) has \(found.count) different values.",
        remedy: "Name a column of labels: 2 to \(Self.limit) classes.")
    }
    for spellings in Dictionary(grouping: found, by: Self.folded).values where spellings.count > 1 {
      // By lines: the values may be of a column that was not meant.
      let lines = spellings.compactMap { values.firstIndex(of: $0) }.sorted()
        .map { "\(table.lines[$0].number)" }
      throw Failure(
        .input,
        "\(column) writes one class in \(spellings.count) ways, in lines "
          + "\(lines.joined(separator: ", ")).",
        remedy: "Write it the same way in every line.")
    }
    guard found.count == 2 else {
      let numbers = Dictionary(uniqueKeysWithValues: found.enumerated().map { ($1, Float($0)) })
      (task, classes) = (.multiClass, found)
      rows = values.map { [numbers[$0] ?? .nan] }
      return
    }
    let negatives = found.filter { Self.negatives.contains(Self.folded($0)) }
    guard negatives.count < 2 else {
      throw Failure(
        .input,
        "Both values of column \(table.header[place]), \(found[0]) and \(found[1]), say that "
          + "nothing was found.",
        remedy: "Write 1 for positive, 0 for negative.")
    }
    let negative = negatives.first ?? found[0]
    (task, classes) = (.multiLabel, found.filter { $0 != negative })
    rows = values.map { [$0.isEmpty ? .nan : $0 == negative ? 0 : 1] }
  }

  /// A value without the differences that a person does not see as such.
  private static func folded(_ value: String) -> String {
    value.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
