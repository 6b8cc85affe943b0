/// An error as a value: what went wrong, how to mend it, what caused it, and where.
///
/// A failure is made at the point that knows the remedy and travels up unchanged; each layer may
/// add the context it alone knows with ``within(_:)``. It never carries report text or names of
/// patients.
public struct Failure: Error, Sendable {
  /// The kind of failure; stable, so that callers and tests may tell failures apart.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let configuration = Code(rawValue: "configuration")
    public static let input = Code(rawValue: "input")
    public static let file = Code(rawValue: "file")
    public static let image = Code(rawValue: "image")
    public static let shape = Code(rawValue: "shape")
    public static let memory = Code(rawValue: "memory")
    public static let processor = Code(rawValue: "processor")
    public static let library = Code(rawValue: "library")
    public static let communication = Code(rawValue: "communication")
    public static let numerics = Code(rawValue: "numerics")
    public static let checkpoint = Code(rawValue: "checkpoint")
  }

  /// Where in the source a failure was made.
  public struct Place: Sendable {
    public let file: String
    public let line: Int
  }

  public let code: Code
  /// What went wrong, in one sentence.
  public let message: String
  /// How to mend it, in one sentence; empty where nothing can be advised.
  public let remedy: String
  /// The failure below this one.
  public let cause: (any Error)?
  public let place: Place
  /// What was being done, outermost first.
  public let context: [String]
  /// The rank that says a failure met by several; nil where whoever meets it says it.
  public let speaker: Int?

  public init(
    _ code: Code, _ message: String, remedy: String = "", cause: (any Error)? = nil,
    context: [String] = [], file: String = #fileID, line: Int = #line
  ) {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.cause = cause
    self.context = context
    self.speaker = nil
    self.place = Place(file: file, line: line)
  }

  private init(_ other: Failure, context: [String], speaker: Int?) {
    self.code = other.code
    self.message = other.message
    self.remedy = other.remedy
    self.cause = other.cause
    self.place = other.place
    self.context = context
    self.speaker = speaker
  }

  /// The same failure with what was being done put in front of its context.
  public func within(_ activity: String) -> Failure {
    Failure(self, context: [activity] + context, speaker: speaker)
  }

  /// The same failure as one that several ranks meet alike, or hear of: the speaker says it, the
  /// others end in silence.
  public func shared(by speaker: Int = 0) -> Failure {
    Failure(self, context: context, speaker: speaker)
  }

  /// Whether one rank speaks for others.
  public var isShared: Bool { speaker != nil }
}

extension Failure: CustomStringConvertible {
  /// The message and the remedy on one line, as a user reads it.
  public var description: String {
    let prefix = context.isEmpty ? "" : context.joined(separator: ": ") + ": "
    return prefix + message + (remedy.isEmpty ? "" : " " + remedy)
  }

  /// The whole failure as a tree: what, remedy, cause, place.
  public var detailedDescription: String {
    var lines = ["\(code.rawValue): \(description)"]
    if let failure = cause as? Failure {
      let inner = failure.detailedDescription.split(separator: "\n")
      lines.append("├─ cause: " + inner.joined(separator: "\n│  "))
    } else if let cause {
      lines.append("├─ cause: \(cause)")
    }
    lines.append("└─ place: \(place.file):\(place.line)")
    return lines.joined(separator: "\n")
  }
}
