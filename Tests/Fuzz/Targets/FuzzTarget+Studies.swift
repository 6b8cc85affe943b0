import REFERS

extension FuzzTarget {
  /// A CSV file: what is read, written with every field quoted, reads back.
  static let csv = FuzzTarget("csv") { bytes in
    let reader = try CSVReader(bytes: bytes, name: "The table")
    var rows = [reader.header]
    while let row = try reader.next() {
      try require(row.count == reader.header.count, "rows are as long as the header")
      rows.append(row)
    }
    let text = rows.map { row in
      row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") + "\n"
    }
    let again = try CSVReader(bytes: Array(text.joined().utf8), name: "The table")
    try require(again.header == reader.header, "the header reads back")
    // A row of one empty field is a blank line, which is skipped.
    for row in rows.dropFirst() where row != [""] {
      try require(try again.next() == row, "each row reads back")
    }
    try require(try again.next() == nil, "no row is added")
  }

  /// A report in any encoding, and its sections.
  static let report = FuzzTarget("report") { bytes in
    let report = try ReportFile(bytes: bytes).text
    let text = ReportSections.findingsAndImpression(of: report)
    let scalars = text.unicodeScalars
    try require(!scalars.contains { $0.value < 0x20 }, "no line break and no control character")
    try require(!text.utf8.contains(UInt8(ascii: "_")), "nothing stands for removed text")
    let words = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
    try require(text.isEmpty || words.allSatisfy { !$0.isEmpty }, "white space is squeezed")
    try require(
      words.count <= report.utf8.count + 1, "no more words than there were bytes")
    try require(
      ReportSections.findingsAndImpression(of: report + "\n\nFINDINGS: again.").contains("again."),
      "a section more is found")
  }

  /// A report of Open-i, which is XML.
  static let openi = FuzzTarget("openi") { bytes in
    let entry = try OpenISource.entry(xml: bytes)
    try require(!entry.number.isEmpty, "a report has its number")
    let scalars = entry.report.unicodeScalars
    try require(!scalars.contains { $0.value < 0x20 }, "no line break and no control character")
    let words = entry.report.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
    try require(
      entry.report.isEmpty || words.allSatisfy { !$0.isEmpty }, "white space is squeezed")
    // An entity cannot be used to fill the memory, nor to read another file.
    try require(entry.report.utf8.count <= 1 << 20, "a report does not grow as it is read")
    try require(!entry.report.contains("root:"), "no other file is read")
  }

  /// A JPEG or PNG file.
  static let image = FuzzTarget("image") { bytes in
    let limit = 1 << 14
    for side in [nil, 8] {
      let image = try ImageFile.decode(bytes: bytes, minimumSide: side, pixelLimit: limit)
      try require(image.pixels.count == image.width * image.height, "an image has its pixels")
      try require((1...limit).contains(image.pixels.count), "no more pixels than allowed")
    }
  }
}
