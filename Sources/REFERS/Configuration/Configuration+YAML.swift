import Diagnostics
import Foundation
import Yams

extension Configuration {
  /// The whole configuration as YAML, in the order of ``ConfigurationField/all``.
  public func yaml() throws -> String {
    let entries = ConfigurationField.all.map { field in
      (names: field.path.split(separator: ".").map(String.init), value: field.read(self))
    }
    do {
      return try Yams.serialize(node: Self.mapping(entries[...], depth: 0), allowUnicode: true)
    } catch {
      throw Failure(.configuration, "The configuration cannot be written as YAML.", cause: error)
    }
  }

  private static func mapping(
    _ entries: ArraySlice<(names: [String], value: ConfigurationValue)>, depth: Int
  ) -> Node {
    var pairs: [(Node, Node)] = []
    var rest = entries
    while let first = rest.first {
      let name = first.names[depth]
      let group = rest.prefix { $0.names[depth] == name }
      let isValue = first.names.count == depth + 1
      pairs.append((Node(name), isValue ? first.value.node : mapping(group, depth: depth + 1)))
      rest = rest.dropFirst(group.count)
    }
    return Node(pairs)
  }

  /// Reads a configuration; what the document leaves out is decided by its preset and mode.
  ///
  /// - Parameter name: What errors call the document.
  /// - Throws: `Failure`, naming the line, the path and what is allowed.
  public init(yaml: String, name: String) throws {
    var loader = ConfigurationLoader()
    try loader.add(yaml: yaml, name: name)
    self = try loader.resolve().configuration
  }
}

/// Reads the values of a YAML document with their lines.
enum ConfigurationDocument {
  static func assignments(yaml: String, name: String) throws -> [ConfigurationAssignment] {
    let root: Node?
    do {
      root = try compose(yaml, name: name)
    } catch let failure as Failure {
      throw failure
    } catch let error as YamlError {
      throw failure(error, name: name)
    } catch {
      throw Failure(.configuration, "\(name): This is not YAML.", cause: error)
    }
    guard let root, root.null == nil else { return [] }
    guard root.mapping != nil else {
      throw Failure(
        .configuration, "\(name): A configuration is a mapping of names to values.",
        remedy: "Begin with a line such as \"preset: tiny\".")
    }
    return try collect(root, prefix: "", name: name)
  }

  /// The document as Yams reads it.
  ///
  /// Aliases of aliases multiply, and Yams goes through all of them where one is a name.
  static func compose(_ yaml: String, name: String) throws -> Node? {
    guard count("&", in: yaml) < 3 || count("*", in: yaml) <= 32 else {
      throw Failure(
        .configuration, "\(name): There are more than 32 aliases.", remedy: "Write the values out.")
    }
    return try Yams.compose(yaml: yaml)
  }

  /// How often a sign stands where an anchor or an alias may begin.
  private static func count(_ sign: Unicode.Scalar, in yaml: String) -> Int {
    var before: Unicode.Scalar = " "
    return yaml.unicodeScalars.reduce(into: 0) { count, scalar in
      if scalar == sign, " \t\r\n[]{},:?-".unicodeScalars.contains(before) { count += 1 }
      before = scalar
    }
  }

  private static func collect(
    _ node: Node, prefix: String, name: String
  ) throws -> [ConfigurationAssignment] {
    guard let mapping = node.mapping else { return [] }
    return try mapping.flatMap { key, value -> [ConfigurationAssignment] in
      let origin = name + (key.mark.map { ":\($0.line)" } ?? "")
      guard let part = key.string else {
        throw Failure(.configuration, "\(origin): A name must be text.")
      }
      let path = prefix + part
      if ConfigurationField.all.contains(where: { $0.path == path }) {
        guard let scalar = ConfigurationValue(node: value) else {
          throw Failure(.configuration, "\(origin): \(path) is a value, not a group of values.")
        }
        return [ConfigurationAssignment(path: path, value: scalar, origin: origin)]
      }
      let members = ConfigurationField.members(of: path)
      guard !members.isEmpty else { throw ConfigurationField.unknown(path, origin: origin) }
      if value.mapping != nil { return try collect(value, prefix: path + ".", name: name) }
      if value.null != nil { return [] }
      throw Failure(
        .configuration, "\(origin): \(path) is a group of values, not a value.",
        remedy: "It has \(members.joined(separator: ", ")).")
    }
  }

  private static func failure(_ error: YamlError, name: String) -> Failure {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      Failure(.configuration, "\(name):\(mark.line): This is not YAML: \(problem).")
    case .duplicatedKeysInMapping(let duplicates, let context):
      Failure(
        .configuration,
        "\(name):\(context.mark.line): The name \(duplicates.joined(separator: ", ")) appears "
          + "twice.", remedy: "Keep one of them.")
    default:
      Failure(.configuration, "\(name): This is not YAML.", cause: error)
    }
  }
}
