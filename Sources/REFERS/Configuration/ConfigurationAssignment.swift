import Diagnostics

/// A value someone gave to a path, and where: `run.yaml:7`, `--batch`, `--set`.
public struct ConfigurationAssignment: Sendable {
  public let path: String
  public let value: ConfigurationValue
  public let origin: String

  public init(path: String, value: ConfigurationValue, origin: String) {
    self.path = path
    self.value = value
    self.origin = origin
  }

  /// The assignment written as `path=value`, the value as in YAML.
  ///
  /// - Throws: `Failure` where there is no `=`.
  public init(argument: String, origin: String) throws {
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
      throw Failure(
        .configuration, "\(origin): \"\(argument)\" is not an assignment.",
        remedy: "Write path=value, for example training.batch=32.")
    }
    self.init(
      path: String(argument[..<equals]),
      value: ConfigurationValue(yaml: String(argument[argument.index(after: equals)...])),
      origin: origin)
  }

  /// Sets the value in a configuration.
  ///
  /// - Returns: The index of the field in ``ConfigurationField/all``.
  /// - Throws: `Failure` for an unknown path, with the nearest ones, and for a value that is not
  ///   allowed, with what is.
  func apply(to configuration: inout Configuration) throws -> Int {
    let fields = ConfigurationField.all
    guard let index = fields.firstIndex(where: { $0.path == path }) else {
      throw unknownPath()
    }
    guard fields[index].write(&configuration, value) else {
      let given = value == .null ? "null" : "\"\(value)\" (\(value.kind))"
      throw Failure(
        .configuration, "\(origin): \(path) cannot be \(given).",
        remedy: "Give \(fields[index].allowed).")
    }
    return index
  }

  private func unknownPath() -> Failure {
    let members = ConfigurationField.members(of: path)
    if !members.isEmpty {
      return Failure(
        .configuration, "\(origin): \(path) is a group of values, not a value.",
        remedy: "It has \(members.joined(separator: ", ")).")
    }
    return ConfigurationField.unknown(path, origin: origin)
  }
}

extension ConfigurationField {
  /// The names directly below a group; empty where there is no such group.
  static func members(of group: String) -> [String] {
    let prefix = group.isEmpty ? "" : group + "."
    var names: [String] = []
    for field in all where field.path.hasPrefix(prefix) {
      let name = String(field.path.dropFirst(prefix.count).prefix { $0 != "." })
      if names.last != name { names.append(name) }
    }
    return names
  }

  /// Every group of values, in the order of ``all``.
  private static let groups: [String] = {
    var groups: [String] = []
    for field in all {
      let names = field.path.split(separator: ".")
      for depth in 1..<max(names.count, 1) {
        let group = names.prefix(depth).joined(separator: ".")
        if !groups.contains(group) { groups.append(group) }
      }
    }
    return groups
  }()

  /// The error for a path that is neither a value nor a group.
  static func unknown(_ path: String, origin: String) -> Failure {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    let near = NearestName.suggestions(for: path, among: all.map(\.path) + groups)
    var remedy = "Did you mean \(near.joined(separator: " or "))?"
    if near.isEmpty {
      let parent =
        groups.last { group in
          let names = group.split(separator: ".")
          return names.count < parts.count && parts.starts(with: names)
        } ?? ""
      remedy =
        (parent.isEmpty ? "There are " : "\(parent) has ")
        + members(of: parent).joined(separator: ", ") + "."
    }
    return Failure(
      .configuration, "\(origin): A configuration has no \"\(path)\".", remedy: remedy)
  }
}
