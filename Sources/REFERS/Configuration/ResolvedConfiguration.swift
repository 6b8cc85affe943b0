/// A configuration with where each of its values came from.
public struct ResolvedConfiguration: Sendable {
  public let configuration: Configuration
  /// One origin for each of ``ConfigurationField/all``: `preset tiny`, `run.yaml:7`, `--set`.
  public let origins: [String]

  /// Where the value of a path came from; empty for an unknown path.
  public func origin(of path: String) -> String {
    ConfigurationField.all.firstIndex { $0.path == path }.map { origins[$0] } ?? ""
  }

  /// One line for each value that its objective looks at: path, value, origin, aligned.
  public var table: String {
    let fields = ConfigurationField.all
    let places = fields.indices.filter { fields[$0].serves(configuration.objective) }
    let values = fields.map { $0.read(configuration).description }
    let pathWidth = places.map { fields[$0].path.count }.max() ?? 0
    // A long path among the values does not push the origins out of sight.
    let valueWidth = min(places.map { values[$0].count }.max() ?? 0, 24)
    return places.map { i in
      Self.padded(fields[i].path, pathWidth) + "  " + Self.padded(values[i], valueWidth) + "  "
        + origins[i]
    }.joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }
}
