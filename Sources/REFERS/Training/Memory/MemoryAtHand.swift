import Foundation

/// The memory that this process may use, as the system tells.
package enum MemoryAtHand {
  /// Bytes that are free on the host, or left to the process's control group or Slurm job where
  /// that is less.
  package static func bytes(
    read: (String) -> String? = { try? String(contentsOfFile: $0, encoding: .utf8) },
    variable: (String) -> String? = { ProcessInfo.processInfo.environment[$0] }
  ) -> Int {
    var bytes = available(read) ?? Int(ProcessInfo.processInfo.physicalMemory)
    if let group = controlGroup(read) { bytes = min(bytes, group) }
    func number(_ name: String) -> Int? {
      variable(name).flatMap(Int.init).flatMap { (1..<1 << 32).contains($0) ? $0 : nil }
    }
    // In MiB. Not every cluster enforces it by control groups.
    let job =
      number("SLURM_MEM_PER_NODE")
      ?? number("SLURM_MEM_PER_CPU").map { $0 * (number("SLURM_CPUS_ON_NODE") ?? 1) }
    if let job { bytes = min(bytes, job << 20) }
    return bytes
  }

  /// The line `MemAvailable:   12345 kB` of /proc/meminfo.
  private static func available(_ read: (String) -> String?) -> Int? {
    let line = read("/proc/meminfo")?.split(separator: "\n").first {
      $0.hasPrefix("MemAvailable:")
    }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
      Int($0).map { $0 << 10 }
    }
  }

  /// What the control groups of the process and those above them leave, in either version.
  private static func controlGroup(_ read: (String) -> String?) -> Int? {
    var least: Int?
    for line in read("/proc/self/cgroup")?.split(separator: "\n") ?? [] {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let root: String
      let names: (limit: String, use: String)
      if parts[1].isEmpty {
        root = "/sys/fs/cgroup"
        names = ("memory.max", "memory.current")
      } else if parts[1].split(separator: ",").contains("memory") {
        root = "/sys/fs/cgroup/memory"
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
      } else {
        continue
      }
      var path = String(parts[2])
      while true {
        let folder = root + (path == "/" ? "" : path)
        if let limit = number(in: read("\(folder)/\(names.limit)")) {
          let left = limit - (number(in: read("\(folder)/\(names.use)")) ?? 0)
          least = min(least ?? .max, max(0, left))
        }
        guard path.count > 1 else { break }
        path = PathName(path).parent
      }
    }
    return least
  }

  /// A file that holds one number; nil for `max`, or where it is not there.
  private static func number(in text: String?) -> Int? {
    text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }
}
