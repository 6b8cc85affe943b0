/// Finds the findings and the impression in the text of a radiology report.
///
/// A section begins with its heading and a colon at the start of a line and ends at the next known
/// heading. Headings are known in any case and in their usual spellings.
public enum ReportSections {
  private enum Section {
    case findings, impression, other
  }

  /// Findings, then impression, white space squeezed; empty where the report has neither.
  ///
  /// Several sections of one kind are joined in their order. Indication, history, comparison,
  /// technique and the like are left out.
  public static func findingsAndImpression(of report: String) -> String {
    var findings: [Substring] = []
    var impression: [Substring] = []
    var section = Section.other
    for line in report.split(whereSeparator: \.isNewline) {
      var rest = line
      if let (next, text) = heading(of: line) {
        section = next
        rest = text
      }
      let words = rest.split(whereSeparator: \.isWhitespace)
      switch section {
      case .findings: findings += words
      case .impression: impression += words
      case .other: break
      }
    }
    return (findings + impression).joined(separator: " ")
  }

  /// The section a line begins, and what follows its colon.
  private static func heading(of line: Substring) -> (Section, Substring)? {
    // The longest known heading has fewer characters; text with a late colon is no heading.
    guard let colon = line.prefix(60).firstIndex(of: ":") else { return nil }
    let name = line[..<colon].lowercased()
      .split { !$0.isLetter }
      .joined(separator: " ")
    guard let section = headings[name] else { return nil }
    return (section, line[line.index(after: colon)...])
  }

  private static let headings: [String: Section] = {
    var headings: [String: Section] = [:]
    for name in [
      "finding", "findings", "chest findings", "findings and impression", "findings impression",
    ] {
      headings[name] = .findings
    }
    for name in [
      "impression", "impressions", "conclusion", "conclusions", "opinion", "summary",
      "impression and recommendation", "impression and recommendations",
    ] {
      headings[name] = .impression
    }
    for name in [
      "final report", "wet read", "preliminary report", "addendum", "exam", "examination", "study",
      "exam type", "procedure", "type of examination", "indication", "indications",
      "clinical indication", "history", "clinical history", "clinical information",
      "reason for exam", "reason for examination", "reason for study",
      "reason for this examination",
      "comparison", "comparisons", "comparison study", "comparison studies", "technique", "views",
      "date", "recommendation", "recommendations", "recommendation s", "notification",
      "notifications", "communication", "attestation", "signed by", "dictated by",
    ] {
      headings[name] = .other
    }
    return headings
  }()
}
