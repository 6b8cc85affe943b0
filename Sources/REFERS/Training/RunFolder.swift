import Diagnostics
import Foundation

/// The folder a run writes to: one run, one folder.
public enum RunFolder {
  /// `path`, or where an earlier run has it `path-2`, `path-3` and so on.
  public static func free(_ path: String) -> String {
    if !isTaken(path) { return path }
    var number = 2
    while isTaken("\(path)-\(number)") { number += 1 }
    return "\(path)-\(number)"
  }

  /// - Throws: `Failure(.configuration)` where an earlier run has the folder.
  static func requireFree(_ path: String) throws {
    guard isTaken(path) else { return }
    throw Failure(
      .configuration, "\(path) holds an earlier run.",
      remedy: "Name another folder with --output, or remove this one.")
  }

  /// Makes the folder of a new run.
  ///
  /// - Throws: `Failure` where an earlier run has it or it cannot be made.
  public static func prepare(_ path: String) throws {
    try requireFree(path)
    try make(path)
  }

  /// Makes the folder of a run if it is not there.
  public static func make(_ path: String) throws { try Folder.create(path) }

  /// A run that ended before it measured anything leaves nothing to keep.
  private static func isTaken(_ path: String) -> Bool {
    let files = FileManager.default
    let metrics = try? files.attributesOfItem(atPath: "\(path)/metrics.jsonl")
    return (metrics?[.size] as? NSNumber)?.intValue ?? 0 > 0
      || files.fileExists(atPath: "\(path)/checkpoints")
  }
}
