extension MemoryPlan {
  /// The memory of a rank as lines of a table.
  package var table: [String] {
    let recomputed = min(cut.recomputedSegments, segments)
    let how = [
      passes > 1 ? "the shards in \(passes) parts, one after the other" : "all shards together",
      recomputed > 0 ? "\(recomputed) of \(segments) layers computed twice" : nil,
    ].compactMap(\.self).joined(separator: ", ")
    let arenas = weights > 0 ? (gradients / weights, optimizer / weights) : (0, 0)
    let rows: [(String, Int, String)] = [
      ("weights", weights, ""),
      ("gradients", gradients, arenas.0 > 1 ? "\(arenas.0) times" : ""),
      ("optimizer", optimizer, arenas.1 > 1 ? "\(arenas.1) times" : ""),
      ("activations", activations, "at most; \(how)"),
      ("images", images, "at most"),
      ("in all", total, "of \(Self.gibibytes(limit)) GiB"),
    ]
    let width = rows.map(\.0.count).max() ?? 0
    return ["memory of a rank, in GiB"]
      + rows.map { name, bytes, note in
        let padded = name + String(repeating: " ", count: width - name.count)
        return "  \(padded)  \(Self.gibibytes(bytes))" + (note.isEmpty ? "" : "  \(note)")
      }
  }

  private static func gibibytes(_ bytes: Int) -> String {
    let hundredths = (bytes * 100 + (1 << 29)) >> 30
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
