import Foundation

/// The memory of this process, as the system tells.
public enum ResidentMemory {
  /// Bytes of its proportional set size: pages shared with other processes count in equal parts;
  /// nil where the system does not tell.
  ///
  /// After a few steps this is their peak too, for a workspace keeps what it has taken.
  public static var proportional: Int? {
    let text = try? String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
      Int($0).map { $0 << 10 }
    }
  }
}
