import Diagnostics
import Foundation

/// One file of a checkpoint: its name and how it is written.
public struct CheckpointPart {
  /// The name of the file in the checkpoint's folder.
  public let name: String
  /// Writes the file to the path given and returns its SHA-256 in hexadecimal.
  let write: (_ path: String) throws -> String

  /// Tensors as a safetensors file.
  public static func tensors(
    _ tensors: [NamedTensor], metadata: [String: String] = ["format": "pt"], named name: String
  ) -> CheckpointPart {
    CheckpointPart(name: name) { path in
      try SafetensorsWriter.write(tensors, metadata: metadata, to: path)
    }
  }

  /// A value as JSON with sorted keys.
  public static func json(_ value: some Encodable, named name: String) -> CheckpointPart {
    CheckpointPart(name: name) { path in
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let data: Data
      do {
        data = try encoder.encode(value)
      } catch {
        throw Failure(
          .checkpoint, "The state of the run cannot be written as JSON.",
          remedy: "A number in it is infinite or not a number.", cause: error)
      }
      return try text(data + Data("\n".utf8), to: path)
    }
  }

  /// Text, a line for each of `lines`.
  static func lines(_ lines: [String], named name: String) -> CheckpointPart {
    CheckpointPart(name: name) { path in
      try text(Data(lines.map { $0 + "\n" }.joined().utf8), to: path)
    }
  }

  /// Bytes as they are.
  static func text(_ bytes: Data, to path: String) throws -> String {
    let file = try PrivateFile(creating: path)
    try bytes.withUnsafeBytes { try file.write($0) }
    return try file.finish()
  }
}
