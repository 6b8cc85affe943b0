import Diagnostics
import Foundation

/// The lines of a metrics.jsonl that is there.
enum MetricsFile {
  /// Removes the lines of later steps, and what is no whole line of a step, at one instant.
  ///
  /// - Complexity: reads the file, and writes it anew if a line goes.
  static func cut(_ path: String, after step: Int) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let file = try ReadableFile(path: path)
    let bytes = try [UInt8](unsafeUninitializedCapacity: file.size) { buffer, filled in
      let room = UnsafeMutableBufferPointer(rebasing: buffer[..<file.size])
      try file.read(at: 0, into: UnsafeMutableRawBufferPointer(room))
      filled = file.size
    }
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    // What follows the last end of a line was cut off.
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let line = rest[...end]
      if let found = Self.step(of: line), found <= step { kept += line }
      rest = rest[(end + 1)...]
    }
    try PrivateFile.write(kept, to: path)
  }

  /// The `step` of a line; nil for a line that is not whole.
  private static func step(of line: ArraySlice<UInt8>) -> Int? {
    let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
    return object?["step"] as? Int
  }
}
