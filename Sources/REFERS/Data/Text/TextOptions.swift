/// How reports become tokens.
public struct TextOptions: Sendable, Hashable {
  /// The most tokens of a report, `[CLS]` and `[SEP]` included.
  public var maxTokens: Int
  /// Whether text is lower-cased and stripped of accents first.
  public var lowerCase: Bool

  public init(maxTokens: Int = 100, lowerCase: Bool = true) {
    self.maxTokens = maxTokens
    self.lowerCase = lowerCase
  }
}
