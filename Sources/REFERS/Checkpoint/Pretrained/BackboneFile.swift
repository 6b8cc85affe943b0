import Diagnostics
import Foundation

/// The file of weights that a path means.
enum BackboneFile {
  /// A file of safetensors itself; of a checkpoint its model; of a run the model of its best
  /// checkpoint, or of its newest where none is called the best.
  ///
  /// - Throws: `Failure` where there is none, or the checkpoint is not whole.
  static func path(meantBy path: String) throws -> String {
    guard let checkpoint = try checkpoint(meantBy: path) else { return path }
    try checkpoint.verify(holding: [Checkpoint.modelName])
    return "\(checkpoint.path)/\(Checkpoint.modelName)"
  }

  /// The checkpoint that a path means; nil for a file.
  static func checkpoint(meantBy path: String) throws -> Checkpoint? {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      return nil
    }
    let best = "\(CheckpointStore(ofRun: path).directory)/\(CheckpointStore.bestName)"
    return try Checkpoint(
      meantBy: FileManager.default.fileExists(atPath: best) ? best : path)
  }
}
