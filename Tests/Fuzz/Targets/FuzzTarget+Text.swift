import REFERS

extension FuzzTarget {
  /// vocab.txt.
  static let vocabulary = FuzzTarget("vocabulary") { bytes in
    let vocabulary = try WordPieceVocabulary(bytes: bytes)
    for (index, token) in vocabulary.tokens.enumerated() {
      try require(vocabulary.id(of: token) == Int32(index), "each piece has its line as its id")
    }
    _ = WordPieceTokenizer(vocabulary: vocabulary).encode("Clear lungs, é.", maximum: 8)
  }

  /// Reports, whatever bytes they hold.
  static let tokenizer = FuzzTarget("tokenizer") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let vocabulary = try WordPieceVocabulary(
      tokens: WordPieceVocabulary.specialTokens + ["a", "##a", "é", "e", "##e", "肺", ".", "the"])
    for lowerCase in [false, true] {
      let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, lowerCase: lowerCase)
      let ids = tokenizer.encode(text, maximum: 32)
      try require((2...32).contains(ids.count), "2 to 32 ids")
      try require(ids.allSatisfy { (0..<13).contains($0) }, "ids of the vocabulary")
      let words = tokenizer.basic.words(in: text)
      try require(!words.contains(""), "no empty word")
      try require(
        tokenizer.basic.words(in: words.joined(separator: " ")).count >= words.count,
        "words stay words")
    }
    let swapped = LateralitySwap.wholeWords(text)
    let again = LateralitySwap.wholeWords(swapped)
    try require(again.lowercased() == text.lowercased(), "a swap made twice is undone")
    _ = LateralitySwap.substrings(text)
  }
}
