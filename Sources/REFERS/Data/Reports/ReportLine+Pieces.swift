extension ReportLine {
  /// The line cut at its headings.
  ///
  /// At the start of a line a heading may have any case, bullets before it and emphasis around it;
  /// it ends with a colon, or, in capitals, with a dash, or it is the whole line. Inside a line it
  /// ends with a colon and stands in capitals or begins a sentence.
  /// A signature (`Dictated by J. Doe`) needs no colon where it begins a paragraph or, in sentence
  /// case, a line.
  ///
  /// - Parameter afterBlank: whether a paragraph begins here.
  func pieces(afterBlank: Bool) -> [Piece] {
    var pieces: [Piece] = []
    var start = bytes.startIndex
    var section: ReportHeading.Section?
    if let heading = leadingHeading(afterBlank: afterBlank) {
      section = heading.section
      start = heading.end
    }
    var search = start
    while let colon = bytes[search...].firstIndex(of: UInt8(ascii: ":")) {
      search = colon + 1
      guard let heading = innerHeading(endingAt: colon, after: start) else { continue }
      add(section, start..<heading.start, to: &pieces)
      section = heading.section
      start = search
    }
    add(section, start..<bytes.endIndex, to: &pieces)
    return pieces
  }

  private func add(
    _ section: ReportHeading.Section?, _ range: Range<Int>, to pieces: inout [Piece]
  ) {
    let text = bytes[range]
    let hasText = text.contains { $0 != 0x20 }
    guard section != nil || hasText else { return }
    pieces.append(Piece(section: section, words: Self.words(of: text), hasText: hasText))
  }

  // MARK: Headings

  private func leadingHeading(
    afterBlank: Bool
  ) -> (section: ReportHeading.Section, end: Int)? {
    guard let first = bytes.firstIndex(where: \.isLetter) else { return nil }
    // Bullets, numbers and emphasis may stand before.
    guard bytes[..<first].count <= 40, !bytes[..<first].contains(UInt8(ascii: ":")) else {
      return nil
    }
    let head = bytes[first...].prefix(80)
    if let colon = head.firstIndex(of: UInt8(ascii: ":")),
      let section = Self.section(named: head[..<colon])
    {
      return (section, colon + 1)
    }
    if head.endIndex == bytes.endIndex, let section = Self.section(named: head),
      head.isCapital || afterBlank && head[first].isUpper && !head.contains(UInt8(ascii: "."))
    {
      return (section, head.endIndex)
    }
    // `IMPRESSION - No change`, and a heading whose colon was forgotten: `IMPRESSION No change`.
    let capitals = head.prefix { !$0.isLower && $0 != UInt8(ascii: "-") }
    if capitals.endIndex < head.endIndex, head[capitals.endIndex] == UInt8(ascii: "-"),
      capitals.last == 0x20, let section = Self.section(named: capitals)
    {
      let end = bytes[capitals.endIndex...].firstIndex { $0 != UInt8(ascii: "-") }
      return (section, end ?? bytes.endIndex)
    }
    if afterBlank || head.prefix(2).map(\.isUpper) == [true, false],
      let end = Self.endOfSignature(in: head)
    {
      return (.closing, end)
    }
    let word = head.prefix(while: \.isLetter)
    let rest = bytes[word.endIndex...].drop { $0 == 0x20 }
    if word.isCapital, word.count > 7, rest.startIndex > word.endIndex,
      rest.prefix(12).contains(where: \.isLower) || rest.first?.isDigit == true,
      let section = Self.section(named: word), section == .findings || section == .impression
    {
      return (section, word.endIndex)
    }
    return nil
  }

  /// Where the signature ends that a text begins with, as `Dictated by` in `Dictated by J. Doe`.
  private static func endOfSignature(in head: ArraySlice<UInt8>) -> Int? {
    let words = head.split(maxSplits: 4) { !$0.isLetter }.prefix(4)
    let count = ReportHeading.signature(
      in: words.map { word in String(decoding: word.map { $0 | 0x20 }, as: UTF8.self) })
    return count.map { words[words.startIndex + $0 - 1].endIndex }
  }

  /// The longest heading that ends at a colon inside the line.
  private func innerHeading(
    endingAt colon: Int, after limit: Int
  ) -> (section: ReportHeading.Section, start: Int)? {
    var found: (section: ReportHeading.Section, start: Int)?
    var place = colon
    for _ in 0..<ReportHeading.longest {
      // One word more to the left.
      while place > limit, bytes[place - 1] == 0x20 || bytes[place - 1] == UInt8(ascii: "/") {
        place -= 1
      }
      let end = place
      while place > limit, bytes[place - 1].isLetter { place -= 1 }
      guard place < end else { break }
      let name = bytes[place..<colon]
      let before = bytes[limit..<place].last { $0 != 0x20 }
      let beginsSentence = before.map { ".;:!?)_*".utf8.contains($0) } ?? true
      guard
        name.isCapital
          ? beginsSentence || before?.isUpper == false
          : beginsSentence && bytes[place].isUpper
      else { continue }
      if let section = Self.section(named: name), section != .title { found = (section, place) }
    }
    return found
  }

  /// The section of a heading, whose words in parentheses do not count.
  private static func section(named name: ArraySlice<UInt8>) -> ReportHeading.Section? {
    var depth = 0
    let open = name.filter { byte in
      if byte == UInt8(ascii: "(") { depth += 1 }
      defer { if byte == UInt8(ascii: ")"), depth > 0 { depth -= 1 } }
      return depth == 0
    }
    guard open.allSatisfy({ $0 < 0x80 }) else { return nil }
    let words = open.split { !$0.isLetter }.map { word in
      String(decoding: word.map { $0 | 0x20 }, as: UTF8.self)
    }
    return ReportHeading.section(of: words)
  }

  // MARK: Words

  /// The words of a text without what stands for removed ones.
  static func words(of text: ArraySlice<UInt8>) -> [String] {
    var words: [String] = []
    for part in text.split(separator: 0x20) {
      let isMarked = part.contains(UInt8(ascii: "_")) || part.contains(UInt8(ascii: "*"))
      guard isMarked else {
        words.append(String(decoding: part, as: UTF8.self))
        continue
      }
      let rest = part.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "*") }
      if rest.contains(where: { $0.isLetter || $0.isDigit || $0 >= 0x80 }) {
        words.append(String(decoding: rest, as: UTF8.self))
      } else {
        keepEnd(of: rest, in: &words)
      }
    }
    return words
  }

  /// Lets the end of a sentence stay with the word before the one removed.
  static func keepEnd(of removed: some BidirectionalCollection<UInt8>, in words: inout [String]) {
    guard let mark = removed.last, ".,;".utf8.contains(mark), let last = words.indices.last,
      words[last].utf8.last != mark
    else { return }
    words[last].append(Character(UnicodeScalar(mark)))
  }
}

extension UInt8 {
  fileprivate var isUpper: Bool { (0x41...0x5A).contains(self) }
  fileprivate var isLower: Bool { (0x61...0x7A).contains(self) }
  fileprivate var isLetter: Bool { isUpper || isLower }
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}

extension ArraySlice<UInt8> {
  fileprivate var isCapital: Bool { !contains(where: \.isLower) }
}
