import Foundation

/// Headings, tables and sentences, for a terminal or as Markdown.
public struct ReportText: Sendable {
  private enum Part {
    case heading(String)
    case table(TextTable)
    case sentence(String)
  }

  private var parts: [Part] = []

  public init() {}

  public mutating func heading(_ text: String) { parts.append(.heading(text)) }
  public mutating func table(_ table: TextTable) { parts.append(.table(table)) }
  public mutating func sentence(_ text: String) { parts.append(.sentence(text)) }
  public mutating func append(_ other: ReportText) { parts += other.parts }

  public var terminal: String {
    parts.map { part in
      switch part {
      case .heading(let text): "\n\(text)\n"
      case .table(let table): table.terminal
      case .sentence(let text): "\(text)\n"
      }
    }.joined()
  }

  public var markdown: String {
    parts.map { part in
      switch part {
      case .heading(let text): "## \(text)\n\n"
      case .table(let table): table.markdown + "\n"
      case .sentence(let text): "\(text)\n\n"
      }
    }.joined()
  }
}

/// Figures as a report writes them.
enum FigureFormat {
  /// `0.927`; a dash for nothing.
  static func plain(_ value: Double?) -> String {
    value.map { String(format: "%.3f", $0) } ?? "-"
  }

  static func interval(_ interval: Bootstrap.Interval?) -> String {
    interval.map { "\(plain($0.low)) to \(plain($0.high))" } ?? "-"
  }

  /// `0.927 ± 0.004`, the deviation where there is one.
  static func spread(_ spread: Spread?) -> String {
    spread.map { plain($0.mean) + ($0.deviation.map { " ± \(plain($0))" } ?? "") } ?? "-"
  }

  /// Times 100 with one digit after the point, as the paper's tables.
  static func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }

  static func percent(_ spread: Spread?) -> String {
    spread.map { percent($0.mean) + ($0.deviation.map { " ± \(percent($0))" } ?? "") } ?? "-"
  }

  /// Two significant digits.
  static func p(_ value: Double?) -> String { value.map { String(format: "%.2g", $0) } ?? "-" }

  /// `1 image`, `2 images`.
  static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    "\(number) " + (number == 1 ? noun : plural ?? noun + "s")
  }
}
