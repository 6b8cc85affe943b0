import Foundation
import XCTest

/// A program, or an mpirun with its ranks, that goes on beside the test.
public final class RunningProgram {
  private let process = Process()
  private let ended = DispatchSemaphore(value: 0)
  private let folder: URL
  private var files: [URL] { ["out", "err"].map { folder.appendingPathComponent($0) } }

  /// Starts a program.
  ///
  /// - Parameter environment: variables besides those of the tests' own environment.
  public init(
    _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
    directory: String? = nil
  ) throws {
    // Output goes to files: a pipe that nobody empties would stop the program.
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("refers-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for file in files { try Data().write(to: file) }
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    // A test that started MPI in this process has left its variables behind, and an mpirun that
    // inherits them takes itself for one of its ranks.
    let own = ProcessInfo.processInfo.environment.filter { name, _ in
      !["OMPI_", "PMIX_", "ORTE_", "OPAL_", "PMI_"].contains { name.hasPrefix($0) }
    }
    process.environment = own.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.standardInput = FileHandle.nullDevice
    let outputs = try files.map { try FileHandle(forWritingTo: $0) }
    process.standardOutput = outputs[0]
    process.standardError = outputs[1]
    process.terminationHandler = { [ended] _ in ended.signal() }
    try process.run()
    // The program has its own; Foundation keeps ours for ever, until there are too many.
    for output in outputs { try output.close() }
  }

  deinit {
    if isRunning { kill(identifier, SIGKILL) }
    try? FileManager.default.removeItem(at: folder)
  }

  public var identifier: Int32 { process.processIdentifier }
  public var isRunning: Bool { process.isRunning }

  public func signal(_ number: Int32) { kill(identifier, number) }

  /// Waits for the end.
  ///
  /// - Parameter timeout: seconds after which the program is asked to end, and three later killed.
  public func wait(timeout: Double = 60) throws -> ProgramResult {
    var timedOut = false
    if ended.wait(timeout: .now() + timeout) == .timedOut {
      timedOut = true
      process.terminate()
      if ended.wait(timeout: .now() + 3) == .timedOut {
        kill(identifier, SIGKILL)
        _ = ended.wait(timeout: .now() + 3)
      }
    }
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    // What a program has left behind in the background may keep Foundation from seeing its end.
    var status = 128 + SIGKILL
    if !isRunning {
      let signalled = process.terminationReason == .uncaughtSignal
      status = process.terminationStatus + (signalled ? 128 : 0)
    }
    return ProgramResult(
      status: status, standardOutput: texts[0], standardError: texts[1], timedOut: timedOut)
  }
}

/// Looks again and again until something is so.
///
/// - Throws: an error that names `what` when the time is over.
public func waitUntil(
  _ what: String, timeout: Double = 60, _ condition: () throws -> Bool
) throws {
  let end = ContinuousClock.now + .seconds(timeout)
  while try !condition() {
    guard ContinuousClock.now < end else { throw TimeIsOver(what: what) }
    usleep(10_000)
  }
}

private struct TimeIsOver: Error, CustomStringConvertible {
  let what: String
  var description: String { "waited in vain until \(what)" }
}
