import Diagnostics
import Foundation

/// The folder a run writes to: one run, one folder.
public enum RunFolder {
  /// The file that every run begins with.
  static let mark = "configuration.yaml"

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

  private static func isTaken(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/\(mark)")
  }
}
