extension String {
  /// The text as a field of a CSV file: between quotes where it has to be (RFC 4180).
  var asCSVField: String {
    guard utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return self }
    return "\"" + replacing("\"", with: "\"\"") + "\""
  }
}
