import Yams

extension ConfigurationValue {
  /// A scalar of a YAML document; nil for a sequence or a mapping.
  init?(node: Node) {
    guard let scalar = node.scalar else { return nil }
    // The tag of a plain scalar follows its text; that of a quoted one is text.
    let tag = node.tag
    // 1:30 is 90 by YAML 1.1 alone, where Yams traps on what is too large.
    if scalar.string.contains(":") {
      self = .text(scalar.string)
    } else if tag == Tag(.null), node.null != nil {
      self = .null
    } else if tag == Tag(.bool), let truth = node.bool {
      self = .bool(truth)
    } else if tag == Tag(.int), let number = node.int {
      self = .int(number)
    } else if tag == Tag(.float), let number = node.float {
      self = .real(number)
    } else {
      self = .text(scalar.string)
    }
  }

  /// A value as it may stand behind `path:` in YAML; what is no YAML scalar is text.
  public init(yaml: String) {
    guard !yaml.allSatisfy(\.isWhitespace) else {
      self = .null
      return
    }
    let node = try? ConfigurationDocument.compose(yaml, name: "The value")
    self = node.flatMap(ConfigurationValue.init(node:)) ?? .text(yaml)
  }

  /// The scalar that reads back as this value.
  var node: Node {
    switch self {
    case .null: Node("null", Tag(.null))
    case .bool: Node(description, Tag(.bool))
    case .int: Node(description, Tag(.int))
    case .real: Node(description, Tag(.float))
    case .text(let text):
      // Text that would read as something else is quoted.
      ConfigurationValue(yaml: text) == self
        ? Node(text, Tag(.implicit)) : Node(text, Tag(.str), .doubleQuoted)
    }
  }
}
