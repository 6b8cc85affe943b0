import Diagnostics
import Foundation

/// The lines of a table that are used, in memory.
struct TableLines {
  /// One line.
  struct Line {
    let number: Int
    let fields: [String]
  }

  /// What errors call the table after "of", such as "the manifest".
  let name: String
  let header: [String]
  let lines: [Line]
  /// The column by which lines were chosen, where any was.
  let filter: Int?

  /// Reads the rest of a table.
  ///
  /// - Parameter only: a condition `column=value`, or `column=a|b` for either; numbers are compared
  ///   as numbers. Nil takes every line.
  init(_ reader: CSVReader, name: String, only: String?) throws {
    let filter = try RowFilter(only, header: reader.header)
    var lines: [Line] = []
    while let row = try reader.next() {
      guard filter?.admits(row) ?? true else { continue }
      lines.append(Line(number: reader.line, fields: row))
    }
    guard !lines.isEmpty else {
      throw Failure(
        .input,
        "No line of \(name) " + (filter == nil ? "follows the first." : "has the value of --only."),
        remedy: filter == nil
          ? "List one image a line." : "See how the column writes the value; case counts.")
    }
    self.name = name
    header = reader.header
    self.lines = lines
    self.filter = filter?.place
  }

  /// The place of a column that must be there.
  func place(of column: String) throws -> Int {
    guard let place = header.firstIndex(of: column) else {
      throw LabelTable.missing(column, among: header.filter { !$0.isEmpty }, what: "column")
    }
    return place
  }

  /// A failure about one line; `what` follows "Line n of the manifest".
  func failure(_ line: Line, _ what: String, remedy: String) -> Failure {
    Failure(.input, "Line \(line.number) of \(name) \(what)", remedy: remedy)
  }
}

/// The lines in which a column has one of some values.
private struct RowFilter {
  let place: Int
  private let values: [String]

  init?(_ condition: String?, header: [String]) throws {
    guard let condition, !condition.trimmed.isEmpty else { return nil }
    guard let sign = condition.firstIndex(of: "=") else {
      throw Failure(
        .configuration, "--only is no condition.", remedy: "Give column=value.")
    }
    let name = String(condition[..<sign]).trimmed
    guard let place = header.firstIndex(of: name) else {
      throw LabelTable.missing(name, among: header.filter { !$0.isEmpty }, what: "column")
    }
    self.place = place
    let value = String(condition[condition.index(after: sign)...]).trimmed
    values = [value] + value.components(separatedBy: "|").map(\.trimmed)
  }

  func admits(_ row: [String]) -> Bool {
    let field = row[place].trimmed
    if values.contains(field) { return true }
    guard let number = Double(field) else { return false }
    return values.contains { Double($0) == number }
  }
}
