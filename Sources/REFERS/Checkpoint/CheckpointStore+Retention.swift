import Foundation

extension CheckpointStore {
  /// Removes the checkpoints that are not to be kept once the one of `step` lies on the disk.
  ///
  /// Kept are the newest `keepLast`, those of a multiple of `keepEvery` steps, and what `best`
  /// names. One of a later step is of a course that the run has left, and goes too.
  public func prune(after step: Int, keepLast: Int, keepEvery: Int) throws {
    let best = Folder.target(ofLink: path(Self.bestName))
    let steps = try steps()
    let newest = steps.filter { $0 <= step }.suffix(keepLast)
    for old in steps where !newest.contains(old) {
      let isMultiple = old <= step && keepEvery > 0 && old % keepEvery == 0
      let name = Self.name(ofStep: old)
      if isMultiple || name == best { continue }
      // Renamed first, so that what has the name of a step is whole while it is removed.
      let removed = path(".\(name).removed")
      try Folder.rename(path(name), to: removed)
      try Folder.remove(removed)
    }
  }

  /// Lets `last` name the checkpoint of `step`, and `best` that of `bestStep` if it is there.
  ///
  /// A run that was killed between a checkpoint and its links has left them behind.
  func mendLinks(step: Int, bestStep: Int?) throws {
    try link(Self.lastName, to: Self.name(ofStep: step))
    if let bestStep, try steps().contains(bestStep) {
      try link(Self.bestName, to: Self.name(ofStep: bestStep))
    } else if let best = Folder.target(ofLink: path(Self.bestName)),
      try Self.step(ofName: best).map({ try $0 > step || !steps().contains($0) }) ?? true
    {
      try Folder.remove(path(Self.bestName))
    }
    try Folder.synchronize(directory)
  }
}
