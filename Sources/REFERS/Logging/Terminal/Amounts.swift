import Foundation

/// Numbers as a person reads them in a line of progress.
package enum Amounts {
  /// `3:05`, or `2:03:05` from an hour on, or `4d 02:03` from a day on.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "-" }
    let whole = max(Int(seconds.rounded()), 0)
    let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60)
    if days > 0 { return "\(days)d \(twoDigits(hours)):\(twoDigits(minutes))" }
    let rest = ":\(twoDigits(whole % 60))"
    return hours > 0 ? "\(hours):\(twoDigits(minutes))\(rest)" : "\(minutes)\(rest)"
  }

  /// Three significant digits or more before the point: `0.0123`, `7.52`, `1234`.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    return abs(value) >= 1_000 ? String(format: "%.0f", value) : String(format: "%#.3g", value)
  }

  /// A learning rate: `1.00e-03`.
  static func rate(_ value: Double) -> String { String(format: "%.2e", value) }

  /// A count with its thousands apart: `12,345,678`.
  static func count(_ value: Int) -> String {
    var text = ""
    for (place, digit) in String(value.magnitude).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
