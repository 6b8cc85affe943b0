import Foundation

/// The processor cores that this process may run on.
public enum Affinity {
  /// The numbers of the cores this process was given, by its launcher or whoever bound it; all of
  /// the host's where nobody did.
  public static var cores: Set<Int> {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
    let cores = line.flatMap { Self.cores(inList: $0.drop { $0 != ":" }.dropFirst()) }
    return cores ?? Set(0..<coresOfHost)
  }

  /// The numbers in a list such as `0-3,8`; nil for anything else.
  static func cores(inList text: Substring) -> Set<Int>? {
    var cores: Set<Int> = []
    for part in String(text.filter { !$0.isWhitespace }).split(separator: ",") {
      let ends = part.split(separator: "-").map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        first >= 0, last >= first, last < 1 << 16
      else { return nil }
      cores.formUnion(first...last)
    }
    return cores.isEmpty ? nil : cores
  }

  /// The number of cores of the host that are switched on.
  public static var coresOfHost: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The numbers of the bits that are set.
  static func cores(in words: [UInt64]) -> Set<Int> {
    var cores: Set<Int> = []
    for (index, word) in words.enumerated() where word != 0 {
      for bit in 0..<64 where word >> bit & 1 != 0 { cores.insert(index * 64 + bit) }
    }
    return cores
  }

  static func words(of cores: Set<Int>) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: ((cores.max() ?? 0) / 64) + 1)
    for core in cores { words[core / 64] |= 1 << (core % 64) }
    return words
  }
}

extension Communicator {
  /// The cores that each rank of this host may run on, in the order of ranks.
  ///
  /// - Communication: two gathers, of a few words.
  public func coresOnHost() throws -> [Set<Int>] {
    // Who is on which host, then the set.
    let own = [UInt64(firstOnHost)] + Affinity.words(of: Affinity.cores)
    let counts = try allGather(Int64(own.count)).map(Int.init)
    let all = try allGather(own, counts: counts)
    var sets: [Set<Int>] = []
    var start = 0
    for count in counts {
      let words = Array(all[start..<start + count])
      if words[0] == UInt64(firstOnHost) { sets.append(Affinity.cores(in: Array(words[1...]))) }
      start += count
    }
    return sets
  }
}
