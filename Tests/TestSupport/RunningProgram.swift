import Foundation
import XCTest

/// A program, or an mpirun with its ranks, that a test may kill while it runs.
public final class RunningProgram {
  private let process = Process()
  private let ended = DispatchSemaphore(value: 0)
  private let output: URL

  /// Starts a program; with `np`, that many ranks of it under mpirun.
  ///
  /// - Throws: `XCTSkip` where there is no mpirun.
  public init(np: Int? = nil, _ program: String, _ arguments: [String]) throws {
    output = FileManager.default.temporaryDirectory
      .appendingPathComponent("refers-tests-\(UUID().uuidString)")
    try Data().write(to: output)
    var line = [program] + arguments
    if let np {
      guard let launcher = MPIFlavour.built.launcher else {
        throw XCTSkip("mpirun is not installed: apt-get install openmpi-bin")
      }
      let options =
        MPIFlavour.built == .openMPI ? ["--oversubscribe", "--bind-to", "none"] : []
      line = [launcher] + options + ["-np", String(np)] + line
    }
    process.executableURL = URL(fileURLWithPath: line[0])
    process.arguments = Array(line.dropFirst())
    process.environment = ProcessInfo.processInfo.environment.filter { name, _ in
      !["OMPI_", "PMIX_", "ORTE_", "OPAL_", "PMI_"].contains { name.hasPrefix($0) }
    }.merging(["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]) { $1 }
    let handle = try FileHandle(forWritingTo: output)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handle
    process.standardError = handle
    let ended = ended
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(at: output)
  }

  public var identifier: Int32 { process.processIdentifier }
  public var isRunning: Bool { process.isRunning }

  /// The processes that this one has started, in the order of their numbers.
  public var children: [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { Self.parent(of: $0) == identifier }.sorted()
  }

  /// Waits for the end; kills what has not ended by then.
  ///
  /// - Returns: the exit code, 128 + n where signal n ended it; nil where it had to be killed.
  public func wait(timeout: Double = 60) -> Int32? {
    guard ended.wait(timeout: .now() + timeout) == .success else {
      kill(identifier, SIGKILL)
      ended.wait()
      return nil
    }
    let signalled = process.terminationReason == .uncaughtSignal
    return process.terminationStatus + (signalled ? 128 : 0)
  }

  /// All that it has printed so far.
  public var report: String {
    (try? String(decoding: Data(contentsOf: output), as: UTF8.self)) ?? ""
  }

  /// Whether a process runs; one that has ended and was not waited for does not.
  public static func runs(_ process: Int32) -> Bool {
    guard let fields = fields(of: process) else { return false }
    return fields.first != "Z" && fields.first != "X"
  }

  private static func parent(of process: Int32) -> Int32? {
    fields(of: process).flatMap { $0.count > 1 ? Int32($0[1]) : nil }
  }

  /// State, parent and more of /proc/N/stat, behind the name in parentheses.
  private static func fields(of process: Int32) -> [Substring]? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    return text[text.index(after: end)...].split(separator: " ")
  }
}
