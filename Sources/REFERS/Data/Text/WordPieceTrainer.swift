/// Makes a WordPiece vocabulary from reports by merging the most frequent pair of pieces again and
/// again, as Hugging Face's `WordPieceTrainer` does.
///
/// The result depends on the multiset of words alone, not on the order of the reports: equal counts
/// are decided by the bytes of the pieces, the smaller first.
public struct WordPieceTrainer: Sendable {
  /// The number of pieces wanted, special tokens included; fewer where the text has fewer.
  public var size: Int
  /// A pair seen fewer times is not merged.
  public var minimumFrequency: Int
  /// The most characters that enter the alphabet, the most frequent first.
  public var alphabetLimit: Int

  public init(size: Int, minimumFrequency: Int = 2, alphabetLimit: Int = 1000) {
    self.size = size
    self.minimumFrequency = minimumFrequency
    self.alphabetLimit = alphabetLimit
  }

  /// The vocabulary of the given reports: special tokens, alphabet, then pieces in order of merging.
  ///
  /// - Complexity: linear in the text, then about n log n in the pieces of its distinct words.
  public func train(
    on reports: some Sequence<String>, lowerCase: Bool = true
  ) throws -> WordPieceVocabulary {
    let tokenizer = BasicTokenizer(lowerCase: lowerCase)
    var counts: [ByteKey: Int] = [:]
    for report in reports {
      tokenizer.forEachWord(in: report) {
        counts[ByteKey($0), default: 0] += 1
        return true
      }
    }
    return try train(onWords: counts.map { ($0.key.string, $0.value) })
  }

  /// The vocabulary of words with their numbers of occurrence.
  public func train(onWords counts: [String: Int]) throws -> WordPieceVocabulary {
    try train(onWords: counts.map { ($0.key, $0.value) })
  }

  func train(onWords counts: [(word: String, count: Int)]) throws -> WordPieceVocabulary {
    let words = counts.sorted { $0.word.utf8.lexicographicallyPrecedes($1.word.utf8) }
    var merger = WordPieceMerger(words: words, alphabetLimit: alphabetLimit)
    merger.merge(until: size, minimumFrequency: minimumFrequency)
    return try WordPieceVocabulary(tokens: merger.pieces)
  }
}
