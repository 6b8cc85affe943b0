import Diagnostics

extension SafetensorsHeader {
  /// The header in `json`, checked against the format's every rule.
  ///
  /// Refused are: anything but one object of known fields; repeated keys; unknown element types;
  /// a range that disagrees with its shape, overlaps another, leaves a hole or ends elsewhere than
  /// the file does.
  ///
  /// - Parameters:
  ///   - json: the bytes after the length.
  ///   - dataLength: the bytes of the file after the header.
  package init(parsing json: [UInt8], dataLength: Int) throws {
    var scanner = HeaderScanner(json)
    var entries: [SafetensorsEntry] = []
    var metadata: [String: String]?
    guard json.first == UInt8(ascii: "{") else {
      throw scanner.failure("the header does not begin with '{'")
    }
    try scanner.object { key, scanner in
      if key == Self.metadataKey {
        guard metadata == nil else { throw scanner.failure("__metadata__ is there twice") }
        metadata = try Self.metadata(&scanner)
      } else {
        entries.append(try Self.entry(key, &scanner))
      }
    }
    try scanner.end()
    try Self.requireUnique(entries.map(\.name), scanner)
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try Self.requireContiguous(entries, dataLength: dataLength)
    self.init(entries: entries, metadata: metadata ?? [:])
  }

  private static func metadata(_ scanner: inout HeaderScanner) throws -> [String: String] {
    var keys: [String] = []
    var metadata: [String: String] = [:]
    try scanner.object { key, scanner in
      keys.append(key)
      metadata[key] = try scanner.string()
    }
    try requireUnique(keys, scanner)
    return metadata
  }

  private static func entry(
    _ name: String, _ scanner: inout HeaderScanner
  ) throws -> SafetensorsEntry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { key, scanner in
      switch key {
      case "dtype" where type == nil: type = try scanner.string()
      case "shape" where shape == nil: shape = try scanner.integers()
      case "data_offsets" where offsets == nil: offsets = try scanner.integers()
      default:
        throw scanner.failure(
          "tensor \(displayed(name)) has a repeated or unknown field \(displayed(key))")
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw scanner.failure("tensor \(displayed(name)) lacks a type, a shape or two offsets")
    }
    guard let element = SafetensorsElement(rawValue: type) else {
      throw Failure(
        .checkpoint, "Tensor \(displayed(name)) has the element type \(displayed(type)).",
        remedy: "Supported are "
          + SafetensorsElement.allCases.map(\.rawValue).joined(separator: ", ") + ".")
    }
    let count = try SafetensorsEntry.byteCount(name: name, element: element, shape: shape)
    guard offsets[0] <= offsets[1], offsets[1] - offsets[0] == count else {
      throw scanner.failure(
        "tensor \(displayed(name)) of \(count) bytes is said to lie at "
          + "\(offsets[0])..<\(offsets[1])")
    }
    return SafetensorsEntry(
      name: name, element: element, shape: shape, range: offsets[0]..<offsets[1])
  }

  private static func requireUnique(_ names: [String], _ scanner: HeaderScanner) throws {
    let sorted = names.sorted(by: precedes)
    for (left, right) in zip(sorted, sorted.dropFirst())
    where left.utf8.elementsEqual(right.utf8) {
      throw scanner.failure("\(displayed(left)) is there twice")
    }
  }

  private static func requireContiguous(
    _ entries: [SafetensorsEntry], dataLength: Int
  ) throws {
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw Failure(
          .checkpoint,
          "Tensor \(displayed(entry.name)) begins at byte \(entry.range.lowerBound) of the data, "
            + "where \(end) was due: tensors overlap, or leave a hole.",
          remedy: "The file is damaged; take another copy.")
      }
      end = entry.range.upperBound
    }
    guard end == dataLength else {
      let last = entries.last.map { "tensor \(displayed($0.name))" } ?? "the header"
      throw Failure(
        .checkpoint,
        "The data ends after \(dataLength) bytes, where \(last) ends after \(end).",
        remedy: "The file is cut off or has been added to; take another copy.")
    }
  }
}
