import Diagnostics
import Foundation

/// A finished checkpoint: a folder of files and the digests of each.
public struct Checkpoint {
  public static let modelName = "model.safetensors"
  public static let trainingName = "training.safetensors"
  public static let stateName = "state.json"
  public static let vocabularyName = "vocab.txt"
  public static let decoderVocabularyName = "decoder-vocab.txt"

  public let path: String

  public init(path: String) { self.path = path }

  /// The model's tensors.
  public func model() throws -> SafetensorsFile {
    try SafetensorsFile(path: path + "/" + Self.modelName)
  }

  /// The optimizer's tensors.
  public func training() throws -> SafetensorsFile {
    try SafetensorsFile(path: path + "/" + Self.trainingName)
  }

  /// The state of the run as it was saved.
  public func state<State: Decodable>(as type: State.Type = State.self) throws -> State {
    let file = path + "/" + Self.stateName
    do {
      return try SavedState(Data(contentsOf: URL(fileURLWithPath: file))).decoded(as: type)
    } catch {
      throw Failure(
        .checkpoint, "Cannot read the state of the run from \(file).",
        remedy: "The checkpoint is damaged, or of another version; take another one.", cause: error)
    }
  }

  /// Name and digest of each file, as the list of digests has them.
  public func digests() throws -> [(name: String, digest: String)] {
    try CheckpointManifest(readingFrom: path).digests
  }

  /// - Throws: a `checkpoint` failure where a file is not listed.
  func require(_ names: [String]) throws {
    let digests = try digests()
    for name in names where !digests.contains(where: { $0.name == name }) {
      throw Failure(
        .checkpoint, "\(path)/\(CheckpointManifest.name) has no \(name).",
        remedy: "The file is damaged, or the checkpoint of another version; take another one.")
    }
  }

  /// Compares every file with its digest.
  ///
  /// - Parameter names: the files that must be among them.
  /// - Complexity: reads the whole checkpoint once.
  /// - Throws: a `checkpoint` failure that names the file that differs; a `file` failure when one
  ///   is missing.
  public func verify(holding names: [String] = [modelName, stateName]) throws {
    try require(names)
    for (name, digest) in try digests() {
      guard try sha256(ofFile: path + "/" + name) == digest else {
        throw Failure(
          .checkpoint, "\(path)/\(name) is not as it was written: its SHA-256 differs.",
          remedy: "The file is damaged; take another checkpoint.")
      }
    }
  }
}
