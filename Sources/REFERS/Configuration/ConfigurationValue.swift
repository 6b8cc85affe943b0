import Foundation

/// A single value of a configuration, as YAML knows it.
public enum ConfigurationValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case real(Double)
  case text(String)
}

extension ConfigurationValue: CustomStringConvertible {
  /// The value as a table shows it.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): String(value)
    case .int(let value): String(value)
    case .real(let value): Self.shortest(value)
    case .text(let value): value
    }
  }

  /// What kind of value this is, as an error names it.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .int: "a whole number"
    case .real: "a number"
    case .text: "text"
    }
  }

  /// The shortest text that reads back as the same number, always with a point or an exponent.
  private static func shortest(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") || text.contains(where: { ".einf".contains($0) })
      ? text : text + ".0"
  }
}
