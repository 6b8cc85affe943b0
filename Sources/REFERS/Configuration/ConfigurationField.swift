/// One value of a ``Configuration``: its path, what it may be, and how it is read and written.
public struct ConfigurationField: Sendable {
  /// The names from the root to the value, joined by points.
  public let path: String
  /// What the value may be, as an error says it.
  public let allowed: String
  /// The value in a configuration.
  public let read: @Sendable (Configuration) -> ConfigurationValue
  /// Sets the value; false where it is not allowed.
  let write: @Sendable (inout Configuration, ConfigurationValue) -> Bool
  /// Whether the bits of the result depend on the value; if not, a resumed run may change it.
  public private(set) var decidesResult = true

  /// Whether training for an objective looks at the value.
  func serves(_ objective: Configuration.Objective) -> Bool {
    let others: [String] =
      switch objective {
      case .reports: ["target.", "optimizer.learning_rate.head"]
      case .labels:
        Self.reports + [
          "target.layout", "target.task", "target.splits", "target.start",
          "target.recipe", "target.method", "target.linear_probe",
        ]
      case .target:
        Self.reports + [
          "mode", "model.radiograph.pretrained", "data.path",
          "data.manifest", "data.root", "data.validation", "data.synthetic.",
        ]
      }
    return !others.contains { path.hasPrefix($0) }
  }

  /// What only the training from reports looks at.
  private static let reports = [
    "text.", "views.", "model.text_encoder.", "model.decoder.", "model.recurrent", "model.fusion",
    "model.contrast", "loss.", "optimizer.learning_rate.fusion",
    "optimizer.learning_rate.text_encoder", "optimizer.learning_rate.decoder",
    "optimizer.decay_norms",
  ]

  /// The same field, known to leave every bit of the result alone.
  var sparingResult: ConfigurationField {
    var field = self
    field.decidesResult = false
    return field
  }
}

typealias ConfigurationPath<Value> = WritableKeyPath<Configuration, Value> & Sendable

extension ConfigurationField {
  /// A whole number.
  static func int(
    _ path: String, _ key: ConfigurationPath<Int>, in range: ClosedRange<Int>
  ) -> ConfigurationField {
    let allowed =
      range.upperBound == .max
      ? "a whole number of at least \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return ConfigurationField(
      path: path, allowed: allowed,
      read: { .int($0[keyPath: key]) },
      write: { configuration, value in
        guard case .int(let number) = value, range.contains(number) else { return false }
        configuration[keyPath: key] = number
        return true
      })
  }

  /// A whole number without an upper limit.
  static func int(
    _ path: String, _ key: ConfigurationPath<Int>, in range: PartialRangeFrom<Int>
  ) -> ConfigurationField {
    int(path, key, in: range.lowerBound...Int.max)
  }

  /// A finite number for which `accepts` holds; whole numbers are numbers too.
  static func real(
    _ path: String, _ key: ConfigurationPath<Double>, _ range: ConfigurationRange
  ) -> ConfigurationField {
    ConfigurationField(
      path: path, allowed: "a number \(range.description)",
      read: { .real($0[keyPath: key]) },
      write: { configuration, value in
        let number: Double
        switch value {
        case .int(let whole): number = Double(whole)
        case .real(let real): number = real
        default: return false
        }
        guard number.isFinite, range.contains(number) else { return false }
        configuration[keyPath: key] = number
        return true
      })
  }

  static func bool(_ path: String, _ key: ConfigurationPath<Bool>) -> ConfigurationField {
    ConfigurationField(
      path: path, allowed: "true or false",
      read: { .bool($0[keyPath: key]) },
      write: { configuration, value in
        guard case .bool(let truth) = value else { return false }
        configuration[keyPath: key] = truth
        return true
      })
  }

  /// A name of a fixed list.
  static func choice<Choice>(
    _ path: String, _ key: ConfigurationPath<Choice>
  ) -> ConfigurationField
  where Choice: RawRepresentable & CaseIterable & Sendable, Choice.RawValue == String {
    ConfigurationField(
      path: path, allowed: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "),
      read: { .text($0[keyPath: key].rawValue) },
      write: { configuration, value in
        guard case .text(let name) = value, let choice = Choice(rawValue: name) else {
          return false
        }
        configuration[keyPath: key] = choice
        return true
      })
  }

  /// A path that must be given.
  static func file(_ path: String, _ key: ConfigurationPath<String>) -> ConfigurationField {
    ConfigurationField(
      path: path, allowed: "a path, in quotes where it looks like a number",
      read: { .text($0[keyPath: key]) },
      write: { configuration, value in
        guard let text = value.given else { return false }
        configuration[keyPath: key] = text
        return true
      })
  }

  /// A path, or null.
  static func file(_ path: String, _ key: ConfigurationPath<String?>) -> ConfigurationField {
    optional(path, key, allowed: "null or a path, in quotes where it looks like a number")
  }

  /// Words, or null.
  static func text(_ path: String, _ key: ConfigurationPath<String?>) -> ConfigurationField {
    optional(path, key, allowed: "null or words, in quotes where they look like a number")
  }

  private static func optional(
    _ path: String, _ key: ConfigurationPath<String?>, allowed: String
  ) -> ConfigurationField {
    ConfigurationField(
      path: path, allowed: allowed,
      read: { $0[keyPath: key].map(ConfigurationValue.text) ?? .null },
      write: { configuration, value in
        if value == .null {
          configuration[keyPath: key] = nil
          return true
        }
        guard let text = value.given else { return false }
        configuration[keyPath: key] = text
        return true
      })
  }
}

extension ConfigurationValue {
  /// A text that says something.
  fileprivate var given: String? {
    guard case .text(let text) = self, !text.isEmpty else { return nil }
    return text
  }
}

/// The range of a real value.
enum ConfigurationRange: Sendable {
  case positive
  case notNegative
  /// From 0 to 1, both included.
  case unit
  /// Above 0, up to 1.
  case share
  /// From 0 to 1 without 1.
  case unitBelowOne
  /// From 0 to the given number, both included.
  case upTo(Double)

  func contains(_ value: Double) -> Bool {
    switch self {
    case .positive: value > 0
    case .notNegative: value >= 0
    case .unit: (0...1).contains(value)
    case .share: value > 0 && value <= 1
    case .unitBelowOne: (0..<1).contains(value)
    case .upTo(let limit): (0...limit).contains(value)
    }
  }

  var description: String {
    switch self {
    case .positive: "above 0"
    case .notNegative: "of at least 0"
    case .unit: "from 0 to 1"
    case .share: "above 0, at most 1"
    case .unitBelowOne: "from 0 to below 1"
    case .upTo(let limit): "from 0 to \(ConfigurationValue.real(limit))"
    }
  }
}
