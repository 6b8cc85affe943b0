import Diagnostics

/// The labels of a table's lines.
struct LabelColumns {
  let task: LabelTask
  let classes: [String]
  /// The labels of each line.
  let rows: [[Float]]
  let notices: [String]

  /// - Parameters:
  ///   - names: the columns that are labels; nil for all that hold labels alone.
  ///   - blank: what an empty field is taken for.
  init(
    _ names: [String]?, of table: TableLines, uncertain: Configuration.Target.Uncertain,
    blank: Float = .nan
  ) throws {
    let (places, doubts) =
      try names.map { (try $0.map { try table.place(of: $0) }, []) }
      ?? Self.found(in: table, blank: blank)
    guard !places.isEmpty else {
      throw Failure(
        .input, "No column of \(table.name) holds labels, 1, 0, -1 or nothing, alone.",
        remedy: "Write labels so, or name the columns that hold them with --labels.")
    }
    if let name = names?.first(where: ManifestColumns.isPrivate) {
      throw Failure(
        .configuration,
        "Column \(name) holds reports, or names of patients, studies or files: it is no label.",
        remedy: "Name a column of labels with --labels.")
    }
    if names != nil, places.count == 1, let place = places.first,
      !table.lines.contains(where: { Self.isLabel($0.fields[place]) })
        || Self.areNumbersOfClasses(table.lines.lazy.map { $0.fields[place] })
    {
      let values = try ClassValues(place, of: table)
      (task, classes, rows, notices) = (values.task, values.classes, values.rows, [])
      return
    }
    var unsure = 0
    rows = try table.lines.map { line in
      try places.map { place in
        guard let cell = LabelCell(line.fields[place]) else {
          throw table.failure(
            line,
            "has a label in column \(table.header[place]) that is none of 1, 0, -1 and nothing.",
            remedy: "Write 1 for positive, 0 for negative, -1 for uncertain.")
        }
        if cell == .uncertain { unsure += 1 }
        return cell.label(uncertain: uncertain, blank: blank)
      }
    }
    task = .multiLabel
    classes = places.map { table.header[$0] }
    let taken = uncertain == .ignore ? "ignored" : "taken as \(uncertain.rawValue)"
    notices =
      doubts
      + (unsure == 0
        ? [] : [LabelTable.counted(unsure, "uncertain label", "\(taken) (target.uncertain)")])
  }

  private static func isLabel(_ field: String) -> Bool {
    guard let cell = LabelCell(field) else { return false }
    return cell != .blank
  }

  /// Whether a column numbers more than two classes: whole numbers from 0, one above 1 among them.
  private static func areNumbersOfClasses(_ fields: some Sequence<String>) -> Bool {
    var largest = 0
    for field in fields.lazy.map(\.trimmed) where !field.isEmpty {
      guard let number = Int(field), number >= 0 else { return false }
      largest = max(largest, number)
    }
    return largest > 1
  }

  /// The columns that hold labels alone, and a notice of each that holds them but for some fields.
  private static func found(
    in table: TableLines, blank: Float
  ) -> (places: [Int], notices: [String]) {
    var places: [Int] = []
    var notices: [String] = []
    for place in table.header.indices {
      let name = table.header[place]
      guard !ManifestColumns.isOther(name), place != table.filter else { continue }
      var known = 0
      var others: [Int] = []
      for line in table.lines {
        guard let cell = LabelCell(line.fields[place]) else {
          others.append(line.number)
          continue
        }
        if case .known = cell { known += 1 }
      }
      if others.isEmpty {
        if known > 0 || !blank.isNaN { places.append(place) }
      } else if known > others.count {
        notices.append(
          "column \(name) is taken for no label: line \(others[0]) has none of 1, 0, -1 and "
            + "nothing; --labels names the columns that are")
      }
    }
    return (places, notices)
  }
}
