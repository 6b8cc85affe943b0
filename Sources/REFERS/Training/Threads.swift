import Foundation

/// How many threads a rank gets.
enum Threads {
  /// The configured number, or the cores this rank may use: those it is bound to, shared with the
  /// other ranks of its host where they are bound to the same.
  static func count(configured: Int, ranksOnHost: Int) -> Int {
    if configured > 0 { return configured }
    let process = ProcessInfo.processInfo
    let bound = process.activeProcessorCount
    return max(1, min(bound, process.processorCount / max(1, ranksOnHost)))
  }
}
