import Diagnostics

/// The pieces a WordPiece tokenizer knows, each with its id, as in BERT's `vocab.txt`.
public struct WordPieceVocabulary: Sendable, Hashable {
  /// The special tokens in the order a vocabulary made here begins with.
  public static let specialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

  /// The pieces in the order of their ids; a piece inside a word begins with `##`.
  public let tokens: [String]
  public let padding: Int32
  public let unknown: Int32
  /// `[CLS]`, which begins a report.
  public let start: Int32
  /// `[SEP]`, which ends a report.
  public let end: Int32
  private let ids: [ByteKey: Int32]

  /// The number of pieces.
  public var count: Int { tokens.count }

  /// A vocabulary of pieces in the order of their ids.
  ///
  /// - Throws: `Failure(.input)` for an empty piece, a piece given twice, or a missing `[PAD]`,
  ///   `[UNK]`, `[CLS]` or `[SEP]`. Lines are counted from 1.
  public init(tokens: [String]) throws {
    var ids: [ByteKey: Int32] = [:]
    ids.reserveCapacity(tokens.count)
    for (index, token) in tokens.enumerated() {
      guard !token.isEmpty else {
        throw Failure(
          .input, "Line \(index + 1) of the vocabulary is empty.",
          remedy: "A vocabulary holds one piece a line; is the file whole?")
      }
      guard ids.updateValue(Int32(index), forKey: ByteKey(token)) == nil else {
        throw Failure(
          .input, "Line \(index + 1) of the vocabulary repeats an earlier piece.",
          remedy: "Each piece may stand once; remove the repeated line.")
      }
    }
    func special(_ token: String) throws -> Int32 {
      guard let id = ids[ByteKey(token)] else {
        throw Failure(
          .input, "The vocabulary has no piece \(token).",
          remedy: "Give a BERT WordPiece vocabulary; is the file whole?")
      }
      return id
    }
    self.padding = try special("[PAD]")
    self.unknown = try special("[UNK]")
    self.start = try special("[CLS]")
    self.end = try special("[SEP]")
    self.tokens = tokens
    self.ids = ids
  }

  /// Reads `vocab.txt`: one piece a line, UTF-8, line n holding id n - 1.
  public init(contentsOf path: String) throws {
    let bytes = try ReadableFile.bytes(of: path, limit: Self.largestFile)
    do {
      try self.init(bytes: bytes)
    } catch let failure as Failure {
      throw failure.within("vocabulary \(path)")
    }
  }

  /// The most bytes of a `vocab.txt`.
  private static let largestFile = 1 << 26

  /// Reads the bytes of a `vocab.txt`; a line may end with CR LF.
  package init(bytes: [UInt8]) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(
        .input, "The vocabulary is not UTF-8.",
        remedy: "Is the file whole? A vocabulary is UTF-8 text, one piece a line.")
    }
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    try self.init(
      tokens: lines.map { line in
        String(Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line))
      })
  }

  /// Writes `vocab.txt` for its owner alone: it holds words of the reports.
  public func write(to path: String) throws {
    try LogFile(path: path).append(tokens.map { $0 + "\n" }.joined())
  }

  /// The id of a piece; nil where the vocabulary lacks it.
  public func id(of token: String) -> Int32? { ids[ByteKey(token)] }
}
