import Diagnostics
import Foundation

/// The checkpoints of a run.
///
///     checkpoints/
///       step-400/model.safetensors  state.json  SHA256SUMS
///       last -> step-400
///       best -> step-300
///
/// A checkpoint is written under a name that begins with a dot, brought to the disk and renamed,
/// and only then do the links name it: whenever a run is killed, `last` and `best` name whole
/// checkpoints. One process writes; folders and files are its owner's alone, since a model may
/// remember what it was trained on.
public struct CheckpointStore: Sendable {
  /// The folder of the checkpoints, such as `runs/pretrain/checkpoints`; made at the first save.
  public let directory: String

  public init(directory: String) { self.directory = directory }

  /// Saves the model and the state of the run after `step` updates.
  ///
  /// - Parameters:
  ///   - tensors: what goes into `model.safetensors`.
  ///   - state: what goes into `state.json`.
  ///   - markBest: whether `best` shall name this checkpoint too.
  /// - Returns: the checkpoint's folder.
  @discardableResult
  public func save(
    step: Int, tensors: [NamedTensor], state: some Encodable, markBest: Bool
  ) throws -> String {
    try save(
      step: step,
      parts: [
        .tensors(tensors, named: Checkpoint.modelName),
        .json(state, named: Checkpoint.stateName),
      ], markBest: markBest)
  }

  /// Saves any list of files after `step` updates, replacing a checkpoint of the same step.
  ///
  /// - Returns: the checkpoint's folder.
  @discardableResult
  public func save(step: Int, parts: [CheckpointPart], markBest: Bool) throws -> String {
    try Folder.create(directory)
    try removeLeftovers()
    let name = "step-\(step)"
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
    try Folder.link(path("last"), to: name)
    if markBest { try Folder.link(path("best"), to: name) }
    try Folder.synchronize(directory)
    return path(name)
  }

  /// The newest checkpoint; nil before the first save.
  public var last: Checkpoint? { checkpoint(link: "last") }

  /// The checkpoint of the lowest validation loss; nil until one is marked.
  public var best: Checkpoint? { checkpoint(link: "best") }

  /// Removes the checkpoints that neither `last` nor `best` names.
  public func prune() throws {
    let named = ["last", "best"].compactMap { Folder.target(ofLink: path($0)) }
    for name in try Folder.names(in: directory)
    where name.hasPrefix("step-") && Int(name.dropFirst(5)) != nil && !named.contains(name) {
      try Folder.remove(path(name))
    }
  }

  private func path(_ name: String) -> String { directory + "/" + name }

  private func checkpoint(link: String) -> Checkpoint? {
    guard let name = Folder.target(ofLink: path(link)) else { return nil }
    return Checkpoint(path: path(name))
  }

  /// Lets `name` be the folder `aside`. A folder can't be renamed onto one that has files, so an
  /// earlier one steps aside first.
  private func replace(_ name: String, with aside: String) throws {
    let replaced = path(".\(name).replaced")
    let exists = FileManager.default.fileExists(atPath: path(name))
    if exists { try Folder.rename(path(name), to: replaced) }
    try Folder.rename(aside, to: path(name))
    try Folder.synchronize(directory)
    if exists { try Folder.remove(replaced) }
  }

  /// Puts back what stepped aside when a run was killed in between, and removes what is unfinished.
  private func removeLeftovers() throws {
    for leftover in try Folder.names(in: directory) where leftover.hasPrefix(".step-") {
      if leftover.hasSuffix(".replaced") {
        let name = String(leftover.dropFirst().dropLast(".replaced".count))
        if FileManager.default.fileExists(atPath: path(name)) {
          try Folder.remove(path(leftover))
        } else {
          try Folder.rename(path(leftover), to: path(name))
        }
      } else if leftover.hasSuffix(".partial") {
        try Folder.remove(path(leftover))
      }
    }
  }
}
