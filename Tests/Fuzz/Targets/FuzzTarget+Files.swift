import REFERS

extension FuzzTarget {
  /// The header of a safetensors file: all bytes but the last, which says how long the data are.
  static let safetensors = FuzzTarget("safetensors") { bytes in
    guard let last = bytes.last else { return }
    let header = try SafetensorsHeader(parsing: Array(bytes.dropLast()), dataLength: Int(last))
    var end = 0
    for entry in header.entries {
      try require(entry.range.lowerBound == end, "tensors lie one after the other")
      end = entry.range.upperBound
      let count = entry.shape.reduce(entry.element.size, *)
      try require(entry.range.count == count, "a tensor is as long as its shape asks for")
    }
    try require(end == Int(last), "tensors fill the data")
  }

  /// A YAML configuration.
  static let configuration = FuzzTarget("configuration") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let configuration = try Configuration(yaml: text, name: "fuzz.yaml")
    let again = try Configuration(yaml: configuration.yaml(), name: "again.yaml")
    try require(again == configuration, "a configuration reads back")
  }
}
