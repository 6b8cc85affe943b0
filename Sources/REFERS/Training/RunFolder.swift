import Diagnostics
import Foundation
import Synchronization

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
    if isInUse(path) { throw inUse(path) }
    guard isTaken(path) else { return }
    throw Failure(
      .configuration, "\(path) holds an earlier run.",
      remedy: "Name another folder with --output, or remove this one.")
  }

  /// Makes the folder of a new run and claims it for this process.
  ///
  /// - Returns: whether it could be claimed; a run may have begun there just now.
  /// - Throws: `Failure` where an earlier run has it or it cannot be made.
  public static func prepare(_ path: String) throws -> Bool {
    try requireFree(path)
    try Folder.create(path)
    return try claim(path)
  }

  /// Makes the folder of a run if it is not there, and claims it for this process.
  ///
  /// - Throws: `Failure(.configuration)` where another process has it and keeps it for seconds.
  public static func enter(_ path: String) throws {
    try Folder.create(path)
    // A run that was just killed may not be gone yet.
    let end = ContinuousClock.now + .seconds(10)
    while try !claim(path) {
      guard ContinuousClock.now < end else { throw inUse(path) }
      usleep(100_000)
    }
  }

  private static func inUse(_ path: String) -> Failure {
    Failure(
      .configuration, "\(path) is in use by \(FolderLock.owner(of: path)).",
      remedy: "Wait for its end, or name another folder with --output.")
  }

  private static func claim(_ path: String) throws -> Bool {
    let place = URL(fileURLWithPath: path).standardizedFileURL.path
    if claims.withLock({ $0[place] != nil }) { return true }
    guard let lock = try FolderLock.claim(path) else { return false }
    claims.withLock { $0[place] = lock }
    return true
  }

  /// Kept to the end of the process.
  private static let claims = Mutex<[String: FolderLock]>([:])

  private static func isTaken(_ path: String) -> Bool { hasRun(path) || isInUse(path) }

  /// Whether a run in the folder, or one of several below it, has left something to keep: one that
  /// ended before it measured anything has not.
  static func hasRun(_ path: String) -> Bool {
    let files = FileManager.default
    let metrics = try? files.attributesOfItem(atPath: "\(path)/metrics.jsonl")
    if (metrics?[.size] as? NSNumber)?.intValue ?? 0 > 0
      || files.fileExists(atPath: "\(path)/checkpoints")
    {
      return true
    }
    let names = (try? files.contentsOfDirectory(atPath: path)) ?? []
    return names.contains { TargetPlan.isFolder($0) && hasRun("\(path)/\($0)") }
  }

  /// What tables call the run of a folder: the folder's name, of a draw behind that of its plan.
  static func name(of path: String) -> String {
    let parts = PathName(URL(fileURLWithPath: path).standardizedFileURL.path)
    guard TargetPlan.isFolder(parts.last) else { return parts.last }
    return "\(name(of: parts.parent))/\(parts.last)"
  }

  private static func isInUse(_ path: String) -> Bool {
    guard FileManager.default.fileExists(atPath: "\(path)/\(FolderLock.name)"),
      claims.withLock({ $0[URL(fileURLWithPath: path).standardizedFileURL.path] == nil })
    else { return false }
    do { return try FolderLock.claim(path) == nil } catch { return true }
  }

  /// Writes down what a run is, so that it can go on though it be killed before its first step.
  public static func record(_ configuration: Configuration) throws {
    try PrivateFile.write(
      Array(try configuration.yaml().utf8), to: "\(configuration.output)/configuration.yaml")
  }
}
