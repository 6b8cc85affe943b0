/// Exchanges left and right in a report whose images are mirrored (REFERS sec. 7.5).
public enum LateralitySwap {
  /// The text with the whole words left and right exchanged, upper and lower case kept.
  ///
  /// A word ends at anything that is neither a letter nor a digit, so "right-sided" changes and
  /// "upright" does not: "Left upright right-sided" becomes "Right upright left-sided".
  public static func wholeWords(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var word = String.UnicodeScalarView()
    func flush() {
      // One by one: append(contentsOf:) copies what is there already.
      for scalar in opposite(of: word) ?? word { result.append(scalar) }
      word.removeAll(keepingCapacity: true)
    }
    for scalar in text.unicodeScalars {
      if isWordPart(scalar) {
        word.append(scalar)
      } else {
        flush()
        result.append(scalar)
      }
    }
    flush()
    return String(result)
  }

  /// The text with every lower-case "left" and "right" exchanged, inside words too.
  ///
  /// The published code does this: "upright" becomes "upleft" and "Left" stays.
  public static func substrings(_ text: String) -> String {
    let left = Array("left".utf8)
    let right = Array("right".utf8)
    let source = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < source.count {
      if source[index...].starts(with: left) {
        result += right
        index += left.count
      } else if source[index...].starts(with: right) {
        result += left
        index += right.count
      } else {
        result.append(source[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      switch scalar.value {
      case 48...57, 65...90, 97...122: return true
      default: return false
      }
    }
    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      || scalar.properties.generalCategory == .nonspacingMark
  }

  private static func opposite(
    of word: String.UnicodeScalarView
  ) -> String.UnicodeScalarView? {
    guard let first = word.first, first.value | 0x20 == 0x6C || first.value | 0x20 == 0x72 else {
      return nil
    }
    let lower = String(word).lowercased()
    let other: String
    switch lower {
    case "left": other = "right"
    case "right": other = "left"
    default: return nil
    }
    let isUpper = { (scalar: Unicode.Scalar) in (65...90).contains(scalar.value) }
    if word.allSatisfy(isUpper) { return other.uppercased().unicodeScalars }
    if isUpper(first) { return (other.prefix(1).uppercased() + other.dropFirst()).unicodeScalars }
    return other.unicodeScalars
  }
}
