import Diagnostics
import Foundation

/// The checkpoints of a run.
///
///     checkpoints/
///       step-400/model.safetensors  training.safetensors  state.json  vocab.txt  SHA256SUMS
///       last -> step-400
///       best -> step-300
///
/// A checkpoint is written under a name that begins with a dot, brought to the disk and renamed,
/// and only then do the links name it: whenever a run is killed, `last` and `best` name whole
/// checkpoints, and what has the name of a step is whole. One process writes; folders and files
/// are its owner's alone, since a model may remember what it was trained on.
public struct CheckpointStore: Sendable {
  static let lastName = "last"
  static let bestName = "best"

  /// The folder of the checkpoints, such as `runs/pretrain/checkpoints`; made at the first save.
  public let directory: String

  public init(directory: String) { self.directory = directory }

  /// The checkpoints of the run that writes to `output`.
  public init(ofRun output: String) { self.init(directory: output + "/checkpoints") }

  /// Saves a list of files after `step` updates, replacing a checkpoint of the same step.
  ///
  /// Whatever fails, what was saved before stays as it is.
  ///
  /// - Parameter markBest: whether `best` shall name this checkpoint too.
  /// - Returns: the checkpoint's folder.
  @discardableResult
  public func save(step: Int, parts: [CheckpointPart], markBest: Bool) throws -> String {
    try makeDirectory()
    try recover()
    let name = Self.name(ofStep: step)
    let aside = path(".\(name).partial")
    try Folder.create(aside)
    do {
      var digests: [(name: String, digest: String)] = []
      for part in parts {
        digests.append((part.name, try part.write(aside + "/" + part.name)))
      }
      let manifest = Data(CheckpointManifest(digests).text.utf8)
      _ = try CheckpointPart.text(manifest, to: aside + "/" + CheckpointManifest.name)
      try Folder.synchronize(aside)
    } catch {
      try? Folder.remove(aside)
      throw error
    }
    try replace(name, with: aside)
    try link(Self.lastName, to: name)
    if markBest { try link(Self.bestName, to: name) }
    try Folder.synchronize(directory)
    return path(name)
  }

  /// Puts back what stepped aside, and removes what is unfinished, after a run was killed.
  public func recover() throws {
    for leftover in try Folder.names(in: directory) where leftover.hasPrefix(".") {
      if leftover.hasPrefix(".step-"), leftover.hasSuffix(".replaced") {
        let name = String(leftover.dropFirst().dropLast(".replaced".count))
        if FileManager.default.fileExists(atPath: path(name)) {
          try Folder.remove(path(leftover))
        } else {
          try Folder.rename(path(leftover), to: path(name))
        }
      } else if leftover.hasSuffix(".partial") || leftover.hasSuffix(".removed") {
        try Folder.remove(path(leftover))
      }
    }
  }

  func path(_ name: String) -> String { directory + "/" + name }

  /// Lets the link `last` or `best` name a checkpoint.
  func link(_ link: String, to name: String) throws {
    try Folder.link(path(link), to: name, aside: path(".\(link).partial"))
  }

  static func name(ofStep step: Int) -> String { "step-\(step)" }

  /// The step of a checkpoint's folder; nil for any other name.
  static func step(ofName name: String) -> Int? {
    guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0,
      name == Self.name(ofStep: step)
    else { return nil }
    return step
  }

  private func makeDirectory() throws {
    guard !FileManager.default.fileExists(atPath: directory) else { return }
    try Folder.create(directory)
    try Folder.synchronize(URL(fileURLWithPath: directory).deletingLastPathComponent().path)
  }

  /// Lets `name` be the folder `aside`. A folder can't be renamed onto one that has files, so an
  /// earlier one steps aside first.
  private func replace(_ name: String, with aside: String) throws {
    let replaced = path(".\(name).replaced")
    let exists = FileManager.default.fileExists(atPath: path(name))
    if exists { try Folder.rename(path(name), to: replaced) }
    do {
      try Folder.rename(aside, to: path(name))
    } catch {
      if exists { try? Folder.rename(replaced, to: path(name)) }
      throw error
    }
    try Folder.synchronize(directory)
    if exists { try Folder.remove(replaced) }
  }
}
