import Diagnostics
import Foundation

extension CheckpointStore {
  /// The newest checkpoint as `last` names it; nil before the first save.
  public var last: Checkpoint? { checkpoint(link: Self.lastName) }

  /// The checkpoint of the lowest validation loss; nil until one is marked.
  public var best: Checkpoint? { checkpoint(link: Self.bestName) }

  /// The steps of the checkpoints that are there, ascending.
  public func steps() throws -> [Int] {
    try Folder.names(in: directory).compactMap(Self.step).sorted()
  }

  /// The checkpoint of a step.
  public func checkpoint(ofStep step: Int) -> Checkpoint {
    Checkpoint(path: path(Self.name(ofStep: step)))
  }

  /// The checkpoint of the greatest step whose files are all as they were written; nil if there is
  /// none. The links are not asked: they may be missing, or of an earlier step.
  ///
  /// - Parameters:
  ///   - names: the files it must have.
  ///   - report: told why a newer one was passed over.
  ///   - check: throws where the checkpoint is of no use though it is whole.
  /// - Complexity: reads the whole checkpoint.
  public func newestWhole(
    holding names: [String], reporting report: (Failure) -> Void,
    check: (Checkpoint) throws -> Void = { _ in }
  ) throws -> Checkpoint? {
    for step in try steps().reversed() {
      let checkpoint = checkpoint(ofStep: step)
      do {
        try checkpoint.verify(holding: names)
        try check(checkpoint)
        return checkpoint
      } catch let failure as Failure {
        report(failure)
      }
    }
    return nil
  }

  private func checkpoint(link: String) -> Checkpoint? {
    guard let name = Folder.target(ofLink: path(link)) else { return nil }
    return Checkpoint(path: path(name))
  }
}

extension Checkpoint {
  /// The checkpoint that a person means by a path: one, a link to one, a folder of them, or the
  /// folder of a run. Of several, the newest.
  ///
  /// - Throws: `Failure(.checkpoint)` where there is none.
  public init(meantBy path: String) throws {
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let files = FileManager.default
    let isCheckpoint =
      CheckpointStore.step(ofName: resolved.lastPathComponent) != nil
      || files.fileExists(atPath: resolved.path + "/" + CheckpointManifest.name)
    if isCheckpoint, files.fileExists(atPath: resolved.path) {
      self.init(path: Self.isLink(path) ? resolved.path : path)
      return
    }
    var isFolder: ObjCBool = false
    let stores =
      files.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
      ? [CheckpointStore(directory: path), CheckpointStore(ofRun: path)] : []
    for store in stores {
      if let step = try store.steps().last {
        self = store.checkpoint(ofStep: step)
        return
      }
    }
    let runs = try (isFolder.boolValue ? Folder.names(in: path) : []).filter {
      files.fileExists(atPath: CheckpointStore(ofRun: "\(path)/\($0)").directory)
    }
    if let first = runs.first {
      throw Failure(
        .checkpoint,
        "\(path) is no checkpoint, but holds runs: \(runs.prefix(10).joined(separator: ", ")).",
        remedy: "Name one of them, such as \(PathName.join(path, first)).")
    }
    throw Failure(
      .checkpoint,
      files.fileExists(atPath: path)
        ? "\(path) is no checkpoint and holds none." : "There is no \(path).",
      remedy: "Name a checkpoint, such as runs/pretrain/checkpoints/last, or the folder of a run.")
  }

  /// The folder of the run that saved this; nil where it lies elsewhere.
  var runFolder: String? {
    let folder = PathName(PathName(path).parent)
    guard folder.last == "checkpoints" else { return nil }
    return folder.parent.isEmpty ? "." : folder.parent
  }

  private static func isLink(_ path: String) -> Bool { Folder.target(ofLink: path) != nil }
}
