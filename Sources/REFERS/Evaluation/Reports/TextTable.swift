/// A table of short texts, for a terminal or for Markdown; the first column stands left, the others
/// right.
public struct TextTable: Sendable {
  public let columns: [String]
  public private(set) var rows: [[String]] = []

  public init(_ columns: [String]) { self.columns = columns }

  /// Adds a row; missing cells stay empty, those beyond the columns are dropped.
  public mutating func add(_ row: [String]) {
    let cells = row.prefix(columns.count)
    rows.append(cells + [String](repeating: "", count: columns.count - cells.count))
  }

  /// Lines with columns two spaces apart.
  public var terminal: String {
    let widths = columns.indices.map { column in
      ([columns] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([columns] + rows).map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + blanks : "  " + blanks + cell
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  public var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let rule = columns.indices.map { $0 == 0 ? "---" : "---:" }
    return ([columns, rule] + rows.map { $0.map { $0.replacing("|", with: "\\|") } }).map(line)
      .joined()
  }
}
