import Foundation

extension RunningProgram {
  /// The processes that this one has started, in the order of their numbers.
  public var children: [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { Self.parent(of: $0) == identifier }.sorted()
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
