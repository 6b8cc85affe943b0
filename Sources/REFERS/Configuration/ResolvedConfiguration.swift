/// A configuration with where each of its values came from.
public struct ResolvedConfiguration: Sendable {
  public let configuration: Configuration
  /// One origin for each of ``ConfigurationField/all``: `preset tiny`, `run.yaml:7`, `--set`.
  public let origins: [String]

  /// Where the value of a path came from; empty for an unknown path.
  public func origin(of path: String) -> String {
    ConfigurationField.all.firstIndex { $0.path == path }.map { origins[$0] } ?? ""
  }

  /// One line for each value: path, value, origin, aligned.
  public var table: String {
    let fields = ConfigurationField.all
    let values = fields.map { $0.read(configuration).description }
    let pathWidth = fields.map(\.path.count).max() ?? 0
    // A long path among the values does not push the origins out of sight.
    let valueWidth = min(values.map(\.count).max() ?? 0, 24)
    return fields.indices.map { i in
      Self.padded(fields[i].path, pathWidth) + "  " + Self.padded(values[i], valueWidth) + "  "
        + origins[i]
    }.joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }
}
