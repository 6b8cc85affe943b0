#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why a run saves and ends before its last step.
public enum StopReason: Hashable, Sendable {
  /// The time left is only enough to save.
  case timeLimit
  /// A signal, by its number.
  case signal(Int32)

  /// What a run that can be resumed exits with: EX_TEMPFAIL, "try again".
  public static let exitStatus: Int32 = 75

  /// A number above 0, for messages between ranks, of which the largest counts.
  public var code: Int32 {
    switch self {
    case .timeLimit: 1_000
    case .signal(let number): number
    }
  }

  /// The reason of a code; nil for 0, no reason.
  public init?(code: Int32) {
    guard code > 0 else { return nil }
    self = code == Self.timeLimit.code ? .timeLimit : .signal(code)
  }
}

extension StopReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .timeLimit: "time limit"
    case .signal(SIGUSR1): "SIGUSR1"
    case .signal(SIGTERM): "SIGTERM"
    case .signal(let number): "signal \(number)"
    }
  }
}
