import Diagnostics

/// A safetensors file open for reading, its header checked against the format's every rule.
///
///     let file = try SafetensorsFile(path: "model.safetensors")
///     try file.read("pooler.dense.bias", shape: [192], into: bias)
///
/// Nothing is read but the header until a tensor is asked for, which is then read straight into
/// the caller's memory.
public final class SafetensorsFile: Sendable {
  public let path: String
  /// The tensors in order of their place in the file.
  public let entries: [SafetensorsEntry]
  public let metadata: [String: String]
  private let file: ReadableFile
  private let dataOffset: Int
  /// The places in `entries` in order of the bytes of their names.
  private let places: [Int]

  /// - Throws: a `checkpoint` failure that says which rule the file breaks, and names the tensor
  ///   where one is concerned.
  public init(path: String) throws {
    self.path = path
    file = try ReadableFile(path: path)
    do {
      let json = try Self.header(of: file)
      dataOffset = SafetensorsHeader.lengthBytes + json.count
      let header = try SafetensorsHeader(parsing: json, dataLength: file.size - dataOffset)
      entries = header.entries
      metadata = header.metadata
      places = header.entries.indices.sorted {
        precedes(header.entries[$0].name, header.entries[$1].name)
      }
    } catch let failure as Failure {
      throw failure.within(path)
    }
  }

  /// What the file says of the tensor `name`.
  ///
  /// - Complexity: O(log n) comparisons of names.
  public func entry(named name: String) -> SafetensorsEntry? {
    var range = 0..<places.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      let entry = entries[places[middle]]
      if precedes(entry.name, name) {
        range = (middle + 1)..<range.upperBound
      } else if precedes(name, entry.name) {
        range = range.lowerBound..<middle
      } else {
        return entry
      }
    }
    return nil
  }

  /// Reads the tensor `name` into `values`, which must have its type, shape and count.
  ///
  /// - Throws: a `checkpoint` failure that names the tensor when it is missing or other than
  ///   asked for.
  public func read<Scalar: SafetensorsScalar>(
    _ name: String, shape: [Int], into values: UnsafeMutableBufferPointer<Scalar>
  ) throws {
    let entry = try required(name)
    guard entry.element == Scalar.safetensorsElement, entry.shape == shape,
      entry.range.count == values.count * MemoryLayout<Scalar>.stride
    else {
      throw Failure(
        .checkpoint,
        "\(path): tensor \(displayed(name)) is \(entry.element.rawValue) \(entry.shape), but "
          + "\(Scalar.safetensorsElement.rawValue) \(shape) of \(values.count) values was asked for.",
        remedy: "Use the configuration that the file was written with.")
    }
    try file.read(
      at: dataOffset + entry.range.lowerBound, into: UnsafeMutableRawBufferPointer(values))
  }

  /// The values of the tensor `name`, row-major.
  public func values<Scalar: SafetensorsScalar>(
    of name: String, as type: Scalar.Type = Scalar.self
  ) throws -> [Scalar] {
    let entry = try required(name)
    let count = entry.range.count / MemoryLayout<Scalar>.stride
    return try [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      let values = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      try read(name, shape: entry.shape, into: values)
      initialized = count
    }
  }

  private func required(_ name: String) throws -> SafetensorsEntry {
    guard let entry = entry(named: name) else {
      throw Failure(
        .checkpoint, "\(path) has no tensor \(displayed(name)) among its \(entries.count).",
        remedy: "Use the configuration that the file was written with.")
    }
    return entry
  }

  private static func header(of file: ReadableFile) throws -> [UInt8] {
    guard file.size >= SafetensorsHeader.lengthBytes else {
      throw Failure(
        .checkpoint, "A file of \(file.size) bytes is too short for a safetensors file.",
        remedy: "The file is cut off; take another copy.")
    }
    var length: UInt64 = 0
    try withUnsafeMutableBytes(of: &length) { try file.read(at: 0, into: $0) }
    length = UInt64(littleEndian: length)
    guard length <= SafetensorsHeader.maximumLength else {
      throw Failure(
        .checkpoint,
        "The header is said to take \(length) bytes; the format allows "
          + "\(SafetensorsHeader.maximumLength).",
        remedy: "The file is damaged, or is not a safetensors file.")
    }
    let count = Int(length)
    guard count <= file.size - SafetensorsHeader.lengthBytes else {
      throw Failure(
        .checkpoint,
        "The header is said to take \(count) bytes of a file of \(file.size).",
        remedy: "The file is cut off; take another copy.")
    }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let bytes = UnsafeMutableRawBufferPointer(
        start: buffer.baseAddress, count: count)
      try file.read(at: SafetensorsHeader.lengthBytes, into: bytes)
      initialized = count
    }
  }
}
