/// Turns reports into the ids of a WordPiece vocabulary, as Hugging Face's BERT tokenizer does.
///
/// A word is cut greedily into the longest pieces the vocabulary knows; a word that cannot be cut,
/// or has more than 100 characters, becomes `[UNK]`. The text of special tokens, such as a literal
/// `[MASK]` in a report, is text like any other.
public struct WordPieceTokenizer: Sendable {
  public let vocabulary: WordPieceVocabulary
  public let basic: BasicTokenizer
  /// The longest word, in Unicode scalars, that is cut into pieces.
  public static let longestWord = 100

  /// A tokenizer over a vocabulary; `lowerCase` must be what the vocabulary was made with.
  public init(vocabulary: WordPieceVocabulary, lowerCase: Bool = true) {
    self.vocabulary = vocabulary
    self.basic = BasicTokenizer(lowerCase: lowerCase)
  }

  /// `[CLS] w1 ... wn [SEP]`, at most `maximum` ids.
  ///
  /// A longer report loses its last pieces but keeps `[SEP]`, as in Hugging Face's truncation; the
  /// published code's decoder loses the end token instead (REFERS sec. 3). `maximum` is at least 2.
  public func encode(_ text: String, maximum: Int) -> [Int32] {
    precondition(maximum >= 2, "[CLS] and [SEP] need two tokens.")
    var ids = [vocabulary.start]
    basic.forEachWord(in: text) { word in
      appendPieces(of: word, to: &ids)
      return ids.count < maximum
    }
    if ids.count > maximum - 1 { ids.removeLast(ids.count - maximum + 1) }
    ids.append(vocabulary.end)
    return ids
  }

  /// The words the ids stand for, joined by single spaces, special tokens left out.
  ///
  /// Ids outside the vocabulary are left out too. Case, accents and the spacing of punctuation are
  /// not restored.
  public func decode(_ ids: [Int32]) -> String {
    var text = ""
    for id in ids where vocabulary.tokens.indices.contains(Int(id)) {
      let token = vocabulary.tokens[Int(id)]
      if WordPieceVocabulary.specialTokens.contains(token) { continue }
      if token.hasPrefix("##"), !text.isEmpty {
        text += token.dropFirst(2)
      } else {
        if !text.isEmpty { text += " " }
        text += token
      }
    }
    return text
  }

  private func appendPieces(of word: String, to ids: inout [Int32]) {
    if let id = vocabulary.id(of: word), word.utf8.count <= Self.longestWord {
      ids.append(id)
      return
    }
    let scalars = word.unicodeScalars
    let first = ids.count
    var start = scalars.startIndex
    var length = 0
    for _ in scalars { length += 1 }
    while length <= Self.longestWord, start < scalars.endIndex {
      var end = scalars.endIndex
      var found: Int32?
      while end > start {
        let piece = String(scalars[start..<end])
        found = vocabulary.id(of: start == scalars.startIndex ? piece : "##" + piece)
        if found != nil { break }
        end = scalars.index(before: end)
      }
      guard let id = found else { break }
      ids.append(id)
      start = end
    }
    if start < scalars.endIndex {
      ids.removeLast(ids.count - first)
      ids.append(vocabulary.unknown)
    }
  }
}
