/// One line of a report, as bytes in which every kind of white space is a space.
struct ReportLine {
  /// Text that follows a heading of the given section, or goes on with the section before.
  struct Piece {
    let section: ReportHeading.Section?
    let words: [String]
    /// Whether there is text, were it removed text alone.
    let hasText: Bool
  }

  let bytes: ArraySlice<UInt8>

  /// Whether it ends a paragraph: empty, or drawn as a rule.
  var isBlank: Bool {
    bytes.allSatisfy { [0x20, 0x2A, 0x2D, 0x3D, 0x5F].contains($0) }
  }

  /// The lines of a text, however they end.
  static func lines(of report: String) -> [ReportLine] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(report.utf8.count)
    var isReturned = false
    for scalar in report.unicodeScalars {
      // CR and LF together end one line.
      defer { isReturned = scalar.value == 0x0D }
      switch scalar.value {
      case 0x0A where isReturned: break
      case 0x0A...0x0D, 0x85, 0x2028, 0x2029: bytes.append(0x0A)
      case 0x21...0x7E: bytes.append(UInt8(scalar.value))
      case 0...0x20, 0x7F, 0x200B, 0xFEFF: bytes.append(0x20)
      case 0x2010...0x2015: bytes.append(UInt8(ascii: "-"))
      default:
        if scalar.properties.isWhitespace {
          bytes.append(0x20)
        } else {
          bytes += Array(String(scalar).utf8)
        }
      }
    }
    return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(ReportLine.init)
  }
}
