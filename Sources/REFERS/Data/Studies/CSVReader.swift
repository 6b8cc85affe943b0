import Diagnostics

/// Reads a CSV file (RFC 4180), plain or gzipped, row by row in little memory.
///
/// Quoted fields may hold commas, doubled quotes and line breaks; lines end with LF or CRLF; a UTF-8
/// byte order mark, blank lines and white space around a column's name are skipped. Everything else that is irregular is an error that
/// names the line: a row with another number of fields than the header, a quote left open or not
/// followed by a comma, a repeated column, bytes that are not UTF-8, an empty file.
public final class CSVReader {
  /// The most bytes of one row; more means a quote that is never closed.
  static let rowLimit = 1 << 24

  /// The column names of the first row.
  public private(set) var header: [String] = []
  /// The line, from 1, on which the row returned last begins.
  public private(set) var line = 0

  private let name: String
  private let file: TextFile
  private var currentLine = 1
  private var held: UInt8?
  private var bytes: [UInt8] = []

  /// Opens a file and reads its header; `name` is what errors call the file, such as "The manifest".
  public convenience init(path: String, name: String) throws {
    try self.init(TextFile(path: path, name: name), name: name)
  }

  /// Reads the header of a table that is in memory.
  public convenience init(bytes: [UInt8], name: String) throws {
    try self.init(TextFile(bytes: bytes), name: name)
  }

  private init(_ file: TextFile, name: String) throws {
    self.name = name
    self.file = file
    try skipByteOrderMark()
    guard let header = try row() else {
      throw Failure(.input, "\(name) is empty.", remedy: "The first line names the columns.")
    }
    self.header = header.map(\.trimmed)
    guard self.header != [""] else {
      throw Failure(
        .input, "\(name) names no column.", remedy: "The first line names the columns.")
    }
    try requireCommas()
    var seen: Set<String> = []
    for (index, column) in self.header.enumerated() where !column.isEmpty {
      guard seen.insert(column).inserted else {
        throw Failure(
          .input, "\(name) names column \(index + 1) like an earlier one.",
          remedy: "Give each column a name of its own in line 1.")
      }
    }
  }

  /// The place of a column in each row; nil where there is none of that name.
  public func column(_ column: String) -> Int? { header.firstIndex(of: column) }

  /// The place of a column that must be there.
  public func requiredColumn(_ column: String) throws -> Int {
    if let index = self.column(column) { return index }
    throw Failure(
      .input, "\(name) has no column \(column).",
      remedy: "Name the columns in line 1, separated by commas.")
  }

  /// The fields of the next row, as many as the header's; nil at the end.
  ///
  /// - Parameter padded: whether a row may have more empty fields at its end than the header, or
  ///   fewer for columns without a name; a name with commas, such as NIH's
  ///   `OriginalImage[Width,Height]`, may then stand for as many fields.
  public func next(padded: Bool = false) throws -> [String]? {
    guard var fields = try row() else { return nil }
    if padded {
      while fields.count > header.count, fields.last == "", joined(fields) == nil {
        fields.removeLast()
      }
      while fields.count < header.count, header[fields.count].isEmpty { fields.append("") }
      fields = joined(fields) ?? fields
    }
    guard fields.count == header.count else {
      throw failure(
        "has \(fields.count) field\(fields.count == 1 ? "" : "s") where the header has "
          + "\(header.count).",
        remedy: "Put a field that holds a comma between double quotes.")
    }
    return fields
  }

  /// A failure about the row returned last; `what` follows "Line n of the manifest".
  public func failure(_ what: String, remedy: String) -> Failure {
    Failure(.input, "Line \(line) of \(inSentence) \(what)", remedy: remedy)
  }

  /// The fields of a row that has one for each part of a column's name; nil for any other row.
  private func joined(_ fields: [String]) -> [String]? {
    let parts = header.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }
    guard fields.count > header.count, fields.count == parts.reduce(0, +) else { return nil }
    var rest = fields[...]
    var joined: [String] = []
    for count in parts {
      let own = rest.prefix(count)
      // A field that was quoted as one has its comma already.
      guard count == 1 || !own.contains(where: { $0.contains(",") }) else { return nil }
      joined.append(own.joined(separator: ","))
      rest = rest.dropFirst(count)
    }
    return joined
  }

  /// - Throws: `Failure(.input)` for a header that another separator divides.
  private func requireCommas() throws {
    guard header.count == 1,
      let name = header[0].contains(";") ? "semicolons" : header[0].contains("\t") ? "tabs" : nil
    else { return }
    throw Failure(
      .input, "The columns of \(inSentence) are separated by \(name).",
      remedy: "Save the table with commas between its fields.")
  }

  /// What errors call the file amid a sentence.
  private var inSentence: String { name.prefix(1).lowercased() + name.dropFirst() }

  // MARK: Parsing

  private func byte() throws -> UInt8? {
    if let byte = held {
      held = nil
      return byte
    }
    return try file.next(name: name)
  }

  private func skipByteOrderMark() throws {
    let first = try file.next(name: name)
    switch first {
    case 0xEF:
      let second = try file.next(name: name)
      let third = try file.next(name: name)
      guard second == 0xBB, third == 0xBF else { throw notUTF8(line: 1) }
    case 0xFE, 0xFF:
      throw Failure(
        .input, "\(name) is not UTF-8 text; it begins like UTF-16.",
        remedy: "Save the file as UTF-8.")
    default: held = first
    }
  }

  /// The next row that is not blank.
  private func row() throws -> [String]? {
    while true {
      line = currentLine
      guard let fields = try fields() else { return nil }
      if fields.count > 1 || fields[0].isEmpty == false { return fields }
    }
  }

  private func fields() throws -> [String]? {
    guard var current = try byte() else { return nil }
    var fields: [String] = []
    var size = 0
    bytes.removeAll(keepingCapacity: true)
    while true {
      var end: UInt8?
      if current == UInt8(ascii: "\""), bytes.isEmpty {
        end = try quotedField(&size)
      } else if Self.separates(current) {
        end = current
      } else {
        guard current != UInt8(ascii: "\"") else {
          throw failure(
            "has a quote inside a field that does not begin with one.",
            remedy: "Put the whole field between quotes and double the quotes in it.")
        }
        try append(current, &size)
        guard let next = try byte() else {
          fields.append(try field())
          return fields
        }
        current = next
        continue
      }
      fields.append(try field())
      guard let separator = end else { return fields }
      if separator == UInt8(ascii: ",") {
        guard let next = try byte() else {
          fields.append("")
          return fields
        }
        current = next
        continue
      }
      try endLine(separator)
      return fields
    }
  }

  /// Reads to the end of a quoted field and returns the separator after it; nil at the file's end.
  private func quotedField(_ size: inout Int) throws -> UInt8? {
    while let next = try byte() {
      if next == UInt8(ascii: "\n") { currentLine += 1 }
      guard next == UInt8(ascii: "\"") else {
        try append(next, &size)
        continue
      }
      guard let after = try byte() else { return nil }
      if after == UInt8(ascii: "\"") {
        try append(after, &size)
      } else if Self.separates(after) {
        return after
      } else {
        throw failure(
          "has text after a closing quote.",
          remedy: "Double the quotes that belong to the text of a field.")
      }
    }
    throw failure(
      "opens a quote that is never closed.", remedy: "Close it, or double it if it is text.")
  }

  private static func separates(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private func endLine(_ separator: UInt8) throws {
    if separator == UInt8(ascii: "\r") {
      let next = try byte()
      if next != UInt8(ascii: "\n") { held = next }
    }
    currentLine += 1
  }

  private func append(_ byte: UInt8, _ size: inout Int) throws {
    size += 1
    guard size <= Self.rowLimit else {
      throw failure(
        "is longer than \(Self.rowLimit) bytes.", remedy: "Is a quote open that should not be?")
    }
    bytes.append(byte)
  }

  private func field() throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw notUTF8(line: line)
    }
    bytes.removeAll(keepingCapacity: true)
    return text
  }

  private func notUTF8(line: Int) -> Failure {
    Failure(
      .input, "\(name) is not UTF-8 text at line \(line).", remedy: "Save the file as UTF-8.")
  }
}
