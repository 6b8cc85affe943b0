import Foundation

/// Splits text into words and punctuation marks as BERT's normaliser and pre-tokenizer do.
///
/// In order: control characters and U+FFFD are removed and white space becomes a blank; Chinese
/// characters stand alone; with `lowerCase`, the text is decomposed (NFD), accents are removed and
/// letters lower-cased; white space separates words; each punctuation mark is a word of its own.
/// Equal to Hugging Face `tokenizers` (`BertNormalizer`, `BertPreTokenizer`) for every text.
public struct BasicTokenizer: Sendable {
  public let lowerCase: Bool

  public init(lowerCase: Bool = true) { self.lowerCase = lowerCase }

  /// The words of a text in order.
  public func words(in text: String) -> [String] {
    var words: [String] = []
    forEachWord(in: text) {
      words.append($0)
      return true
    }
    return words
  }

  /// Hands each word to `body` until it returns false.
  public func forEachWord(in text: String, _ body: (String) -> Bool) {
    var text = text
    let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    if isASCII {
      text.withUTF8 { forEachWord(inASCII: $0, body) }
    } else {
      forEachWord(inNormalized: normalized(text), body)
    }
  }

  // MARK: ASCII, by far the most text

  private func forEachWord(inASCII bytes: UnsafeBufferPointer<UInt8>, _ body: (String) -> Bool) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, bytes.count)) { word in
      var length = 0
      func flush() -> Bool {
        if length == 0 { return true }
        defer { length = 0 }
        return body(String(decoding: UnsafeBufferPointer(rebasing: word[..<length]), as: UTF8.self))
      }
      for byte in bytes {
        switch byte {
        case 0x09, 0x0A, 0x0D, 0x20:
          guard flush() else { return }
        case 0x00..<0x20, 0x7F:
          continue
        case 0x41...0x5A:
          word[length] = lowerCase ? byte | 0x20 : byte
          length += 1
        case 0x30...0x39, 0x61...0x7A:
          word[length] = byte
          length += 1
        default:
          guard flush() else { return }
          word[0] = byte
          length = 1
          guard flush() else { return }
        }
      }
      _ = flush()
    }
  }

  // MARK: All other text

  private func normalized(_ text: String) -> String.UnicodeScalarView {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !BERTCharacters.removed.contains(scalar) {
      if scalar.properties.isWhitespace {
        clean.append(" ")
      } else if BERTCharacters.chinese.contains(scalar) {
        clean.append(" ")
        clean.append(scalar)
        clean.append(" ")
      } else {
        clean.append(scalar)
      }
    }
    return lowerCase ? Self.lowered(clean) : clean
  }

  /// The text without accents and in lower case.
  ///
  /// Only runs of characters that Hugging Face decomposes are decomposed: Unicode has added some.
  private static func lowered(_ text: String.UnicodeScalarView) -> String.UnicodeScalarView {
    var result = String.UnicodeScalarView()
    func append(_ scalar: Unicode.Scalar) {
      if BERTCharacters.accents.contains(scalar) { return }
      // One by one: append(contentsOf:) copies what is there already.
      for lower in scalar.properties.lowercaseMapping.unicodeScalars { result.append(lower) }
    }
    var run = String.UnicodeScalarView()
    func flush() {
      if run.isEmpty { return }
      String(run).decomposedStringWithCanonicalMapping.unicodeScalars.forEach(append)
      run.removeAll(keepingCapacity: true)
    }
    for scalar in text {
      if BERTCharacters.decomposing.contains(scalar) {
        run.append(scalar)
      } else {
        flush()
        append(scalar)
      }
    }
    flush()
    return result
  }

  private func forEachWord(inNormalized text: String.UnicodeScalarView, _ body: (String) -> Bool) {
    var word = String.UnicodeScalarView()
    func flush() -> Bool {
      if word.isEmpty { return true }
      defer { word.removeAll() }
      return body(String(word))
    }
    for scalar in text {
      if scalar.properties.isWhitespace {
        guard flush() else { return }
      } else if BERTCharacters.punctuation.contains(scalar) {
        guard flush(), body(String(scalar)) else { return }
      } else {
        word.append(scalar)
      }
    }
    _ = flush()
  }
}
