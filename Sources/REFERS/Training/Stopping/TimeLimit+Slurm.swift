import Diagnostics
import Distributed
import Foundation

extension TimeLimit {
  /// The end of the Slurm job this process belongs to; nil outside of a job, without a limit, and
  /// where Slurm does not say.
  ///
  /// To be asked on rank 0 alone, at the start; takes at most five seconds.
  public static func ofSlurmJob(
    variable: (String) -> String? = Launcher.environment, now: Date = Date()
  ) -> TimeLimit? {
    guard let job = variable("SLURM_JOB_ID"), !job.isEmpty, job.utf8.allSatisfy(isDigit) else {
      return nil
    }
    if let end = variable("SLURM_JOB_END_TIME").flatMap(Double.init), abs(end) < 1e12 {
      return TimeLimit(end: .now + .seconds(end - now.timeIntervalSince1970))
    }
    // What is left, in the form of a time limit, or a word such as UNLIMITED.
    guard let left = output(of: "squeue", ["-h", "-j", job, "-o", "%L"]).flatMap(parse) else {
      return nil
    }
    return TimeLimit(end: .now + .seconds(left))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  /// The first line a program prints; nil where it fails or takes too long.
  private static func output(of program: String, _ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    guard (try? process.run()) != nil else { return nil }
    if ended.wait(timeout: .now() + 5) == .timedOut {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
      return nil
    }
    guard process.terminationStatus == 0, let data = try? pipe.fileHandleForReading.readToEnd()
    else { return nil }
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
