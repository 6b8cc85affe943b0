import Diagnostics

/// The moment at which a run must have ended.
public struct TimeLimit: Equatable, Sendable {
  public let end: ContinuousClock.Instant

  public init(end: ContinuousClock.Instant) { self.end = end }

  /// The earlier of two limits, where there are any.
  public static func earlier(_ a: TimeLimit?, _ b: TimeLimit?) -> TimeLimit? {
    [a, b].compactMap(\.self).min { $0.end < $1.end }
  }

  /// The limit of a run that began at `start`: the earlier of `option`, the time it may take, and the
  /// end of the job.
  ///
  /// - Throws: as ``seconds(_:)`` does.
  public static func ofRun(
    option: String?, start: ContinuousClock.Instant, job: TimeLimit? = .ofSlurmJob()
  ) throws -> TimeLimit? {
    try earlier(option.map { TimeLimit(end: start + .seconds(try seconds($0))) }, job)
  }

  /// Whether another step may leave too little time to save:
  ///
  ///     end - now < 2 step + 2 save + 10 s
  public func isNear(
    now: ContinuousClock.Instant = .now, stepSeconds: Double, saveSeconds: Double
  ) -> Bool {
    now.duration(to: end) < .seconds(2 * stepSeconds + 2 * saveSeconds + 10)
  }

  /// The seconds of a duration written as Slurm writes it: `M`, `M:S`, `H:M:S`, `D-H`, `D-H:M` or
  /// `D-H:M:S`.
  ///
  /// - Throws: a failure that lists the forms.
  public static func seconds(_ text: String) throws -> Int {
    guard let seconds = Self.parse(text), seconds > 0 else {
      throw Failure(
        .configuration, "`\(text)` is not a time limit.",
        remedy: "Write minutes, M:S, H:M:S, D-H, D-H:M or D-H:M:S, such as 90, 1:30:00 or 2-12.")
    }
    return seconds
  }

  /// nil for what is none of the forms; minutes and seconds after another unit are below 60, hours
  /// after days below 24.
  static func parse(_ text: String) -> Int? {
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let last = halves.last, halves.count <= 2 else { return nil }
    let fields = last.split(separator: ":", omittingEmptySubsequences: false).map(Self.number)
    let values = fields.compactMap(\.self)
    guard values.count == fields.count, (1...3).contains(values.count) else { return nil }
    let isBelow: (Int, Int) -> Bool = { index, bound in
      index >= values.count || values[index] < bound
    }
    if halves.count == 2 {
      guard let days = Self.number(halves[0]), isBelow(0, 24), isBelow(1, 60), isBelow(2, 60) else {
        return nil
      }
      return days * 86_400 + zip(values, [3_600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    guard isBelow(1, 60), isBelow(2, 60) else { return nil }
    let units = values.count == 3 ? [3_600, 60, 1] : [60, 1]
    return zip(values, units).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Plain digits, few enough that no sum of units overflows.
  private static func number(_ text: Substring) -> Int? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(text)
  }
}
