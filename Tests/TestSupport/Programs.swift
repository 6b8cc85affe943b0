import Foundation
import XCTest

/// What a program left behind.
public struct ProgramResult: Sendable {
  /// The exit code; 128 + n where signal n ended it.
  public let status: Int32
  public let standardOutput: String
  public let standardError: String
  /// Whether it had to be ended because its time was over.
  public let timedOut: Bool

  public var lines: [String] { standardOutput.split(separator: "\n").map(String.init) }

  /// Everything, for the message of a test.
  public var report: String {
    "status \(status)\(timedOut ? " (time over)" : "")\n\(standardOutput)\(standardError)"
  }
}

/// The path of an executable built beside the tests.
public func builtProgram(_ name: String) throws -> String {
  // The bundle of the tests is a file of the products' folder on Linux, a folder in it on macOS.
  var folder = Bundle.main.bundleURL
  for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
    folder = bundle.bundleURL.deletingLastPathComponent()
  }
  let path = folder.appendingPathComponent(name).path
  guard FileManager.default.isExecutableFile(atPath: path) else {
    throw XCTSkip("\(name) is not built beside the tests.")
  }
  return path
}

/// The path of a program found along PATH; nil where there is none.
public func installedProgram(_ name: String) -> String? {
  let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
  return folders.split(separator: ":").map { "\($0)/\(name)" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Runs a program to its end.
///
/// - Parameters:
///   - environment: variables besides those of the tests' own environment.
///   - timeout: seconds after which the program is asked to end, and three later killed.
public func runProgram(
  _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
  directory: String? = nil, timeout: Double = 60
) throws -> ProgramResult {
  try RunningProgram(path, arguments, environment: environment, directory: directory)
    .wait(timeout: timeout)
}
