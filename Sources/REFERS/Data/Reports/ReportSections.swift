/// Finds the findings and the impression in the text of a radiology report as it is written.
///
/// A section begins with its heading (``ReportHeading``) and ends at the next one. Sections of one
/// kind are joined in their order, save for one that says what an earlier one did. Indication,
/// history, comparison, technique, addenda, notifications and signatures are left out; so is what a
/// wet read or preliminary report said, where a final report follows it. Where no heading names the
/// findings, they are the paragraphs that stand by themselves behind the last of exam, indication,
/// comparison and technique, as in the publisher's `last_paragraph`. Where text was removed (`___`),
/// nothing takes its place.
public enum ReportSections {
  /// Findings, then impression, white space squeezed; empty where the report has neither.
  ///
  /// - Complexity: linear in the length of the report.
  public static func findingsAndImpression(of report: String) -> String {
    var reader = ReportReader()
    for line in ReportLine.lines(of: report) { reader.read(line) }
    return reader.text()
  }

  /// Sections that are cut out already as one text, white space squeezed, removed words (`___`, and
  /// Open-i's `XXXX`) left out.
  public static func squeezed(_ sections: [String]) -> String {
    sections.flatMap { section in
      var words: [String] = []
      for word in ReportLine.lines(of: section).flatMap({ ReportLine.words(of: $0.bytes) }) {
        if word.hasPrefix("XXXX") {
          ReportLine.keepEnd(of: word.utf8, in: &words)
        } else {
          words.append(word)
        }
      }
      return words
    }.joined(separator: " ")
  }
}

/// Goes through the lines of a report and keeps what belongs to findings and impression.
private struct ReportReader {
  private var section = ReportHeading.Section.title
  /// Whether the section has had text, and whether a blank line came since.
  private var hasText = false
  private var paragraphEnded = true
  private var words: [String] = []
  private var findings: [[String]] = []
  private var impression: [[String]] = []
  /// The same, to be looked up.
  private var findingsSeen: Set<[String]> = []
  private var impressionSeen: Set<[String]> = []
  /// Paragraphs under no heading of their own.
  private var loose: [[String]] = []
  private var isPreliminary = false
  private var hasImpression = false

  mutating func read(_ line: ReportLine) {
    guard !line.isBlank else {
      paragraphEnded = true
      if isLoose { flush() }
      return
    }
    for piece in line.pieces(afterBlank: paragraphEnded) {
      if let section = piece.section { begin(section) }
      if piece.hasText { add(piece.words) }
    }
  }

  mutating func text() -> String {
    flush()
    if findings.isEmpty { findings = loose }
    return (findings + impression).joined().joined(separator: " ")
  }

  private var isLoose: Bool { section == .title || section == .context }

  private mutating func begin(_ next: ReportHeading.Section) {
    // `CHEST:` under FINDINGS names a part of them.
    if next == .title, section == .findings || section == .impression { return }
    flush()
    switch next {
    case .final:
      // What was said before the final report was preliminary.
      if isPreliminary {
        (findings, impression, loose, hasImpression) = ([], [], [], false)
        (findingsSeen, impressionSeen) = ([], [])
      }
      isPreliminary = false
    case .preliminary: isPreliminary = true
    case .impression: hasImpression = true
    case .context, .title: if !hasImpression { loose = [] }
    case .findings, .closing: break
    }
    section = next == .final ? .title : next
    hasText = false
    paragraphEnded = false
  }

  private mutating func add(_ more: [String]) {
    switch section {
    case .findings, .impression, .title: words += more
    case .context:
      // The first paragraph is the section's own.
      if hasText, paragraphEnded || !words.isEmpty { words += more }
    case .closing, .preliminary, .final: break
    }
    hasText = true
    paragraphEnded = false
  }

  /// Puts the words read last where they belong.
  private mutating func flush() {
    defer { words = [] }
    guard !words.isEmpty else { return }
    switch section {
    case .findings: if findingsSeen.insert(words).inserted { findings.append(words) }
    case .impression: if impressionSeen.insert(words).inserted { impression.append(words) }
    case .context, .title: if !hasImpression, !isTitle(words) { loose.append(words) }
    case .closing, .preliminary, .final: break
    }
  }

  /// Whether a paragraph is a line in capitals, such as the name of the examination.
  private func isTitle(_ words: [String]) -> Bool {
    words.count < 12 && words.last?.hasSuffix(".") == false
      && words.allSatisfy { $0.utf8.allSatisfy { !(0x61...0x7A).contains($0) } }
  }
}
