import Diagnostics

/// The header of a safetensors file: a length, then JSON that says where each tensor lies.
///
///     8 bytes   N, unsigned, little-endian, at most 100,000,000
///     N bytes   {"__metadata__":{…},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}
///     the rest  the tensors one after another, without holes
///
/// Source: the format's specification, https://github.com/huggingface/safetensors#format.
package struct SafetensorsHeader {
  static let lengthBytes = 8
  static let maximumLength = 100_000_000
  static let metadataKey = "__metadata__"

  /// The tensors in order of their place in the file.
  package let entries: [SafetensorsEntry]
  let metadata: [String: String]
  /// Bytes of all tensors.
  var dataLength: Int { entries.last?.range.upperBound ?? 0 }

  /// The header as it is written: JSON on one line, padded with spaces to a multiple of 8.
  ///
  /// The bytes are those that the format's own library writes, given at most one metadata key
  /// (that library writes several in a random order, this one in order of their bytes).
  func encoded() throws -> [UInt8] {
    var json: [UInt8] = [UInt8(ascii: "{")]
    if !metadata.isEmpty {
      append(Self.metadataKey, to: &json)
      json.append(contentsOf: ":{".utf8)
      for (index, key) in metadata.keys.sorted(by: precedes).enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        append(key, to: &json)
        json.append(UInt8(ascii: ":"))
        append(metadata[key] ?? "", to: &json)
      }
      json.append(UInt8(ascii: "}"))
    }
    for entry in entries {
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      append(entry.name, to: &json)
      let extents = entry.shape.map(String.init).joined(separator: ",")
      let offsets = "\(entry.range.lowerBound),\(entry.range.upperBound)"
      json.append(
        contentsOf:
          ":{\"dtype\":\"\(entry.element.rawValue)\",\"shape\":[\(extents)],".utf8)
      json.append(contentsOf: "\"data_offsets\":[\(offsets)]}".utf8)
    }
    json.append(UInt8(ascii: "}"))
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    guard json.count <= Self.maximumLength else {
      throw Failure(
        .checkpoint,
        "The header of \(entries.count) tensors takes \(json.count) bytes; the format allows "
          + "\(Self.maximumLength).",
        remedy: "Save fewer tensors in one file, or under shorter names.")
    }
    let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) }
    return length + json
  }

  private func append(_ string: String, to json: inout [UInt8]) {
    json.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): json.append(contentsOf: [0x5c, byte])
      case 0x08: json.append(contentsOf: "\\b".utf8)
      case 0x09: json.append(contentsOf: "\\t".utf8)
      case 0x0a: json.append(contentsOf: "\\n".utf8)
      case 0x0c: json.append(contentsOf: "\\f".utf8)
      case 0x0d: json.append(contentsOf: "\\r".utf8)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        json.append(contentsOf: ("\\u00" + (byte < 16 ? "0" : "") + digits).utf8)
      default: json.append(byte)
      }
    }
    json.append(UInt8(ascii: "\""))
  }
}

extension SafetensorsHeader {
  /// The header for tensors laid out by type, largest first, then by the bytes of their names.
  ///
  /// - Returns: the header, and the tensors in its order.
  /// - Throws: a `checkpoint` failure that names the tensor whose name is taken or reserved, or
  ///   whose memory does not have the length its shape asks for.
  static func laidOut(
    _ tensors: [NamedTensor], metadata: [String: String]
  ) throws -> (header: SafetensorsHeader, ordered: [NamedTensor]) {
    let ordered = tensors.sorted {
      $0.element.rank != $1.element.rank
        ? $0.element.rank > $1.element.rank : precedes($0.name, $1.name)
    }
    try requireDistinct(ordered.map(\.name))
    var entries: [SafetensorsEntry] = []
    entries.reserveCapacity(ordered.count)
    var offset = 0
    for tensor in ordered {
      let count = try SafetensorsEntry.byteCount(
        name: tensor.name, element: tensor.element, shape: tensor.shape)
      guard count == tensor.bytes.count else {
        throw Failure(
          .checkpoint,
          "Tensor \(displayed(tensor.name)) of shape \(tensor.shape) takes \(count) bytes, but "
            + "\(tensor.bytes.count) were given.",
          remedy: "Pass exactly the values of the shape.")
      }
      entries.append(
        SafetensorsEntry(
          name: tensor.name, element: tensor.element, shape: tensor.shape,
          range: offset..<(offset + count)))
      offset += count
    }
    return (SafetensorsHeader(entries: entries, metadata: metadata), ordered)
  }

  private static func requireDistinct(_ names: [String]) throws {
    let sorted = names.sorted(by: precedes)
    for (index, name) in sorted.enumerated() {
      let repeated = index > 0 && sorted[index - 1].utf8.elementsEqual(name.utf8)
      guard !repeated, name != metadataKey else {
        throw Failure(
          .checkpoint,
          repeated
            ? "Two tensors are named \(displayed(name))."
            : "A tensor is named \(displayed(name)), which the format keeps for itself.",
          remedy: "Give each tensor a name of its own.")
      }
    }
  }
}
