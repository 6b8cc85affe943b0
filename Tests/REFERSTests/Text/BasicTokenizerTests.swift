import REFERS
import XCTest

/// What Hugging Face's tokenizer makes of texts; scripts/fixtures/make_tokenizer_fixture.py.
private struct TokenizerFixture: Decodable {
  struct Vocabulary: Decodable {
    let lower: Bool
    let tokens: [String]
  }

  struct Case: Decodable {
    let lower: Bool
    let text: String
    let words: [String]
    let maximum: Int
    let ids: [Int32]?
  }

  let vocabularies: [Vocabulary]
  let cases: [Case]
}

final class BasicTokenizerTests: XCTestCase {
  func testEqualsHuggingFace() throws {
    let fixture = try DataFixtures.decode(TokenizerFixture.self, from: "tokenizer.json")
    XCTAssertGreaterThan(fixture.cases.count, 100)
    for vocabulary in fixture.vocabularies {
      let tokenizer = WordPieceTokenizer(
        vocabulary: try WordPieceVocabulary(tokens: vocabulary.tokens),
        lowerCase: vocabulary.lower)
      for item in fixture.cases where item.lower == vocabulary.lower {
        XCTAssertEqual(
          tokenizer.basic.words(in: item.text).map { Array($0.unicodeScalars) },
          item.words.map { Array($0.unicodeScalars) }, item.text.debugDescription)
        if let ids = item.ids {
          XCTAssertEqual(
            tokenizer.encode(item.text, maximum: item.maximum), ids, item.text.debugDescription)
        }
      }
    }
  }

  func testStopsWhenAsked() {
    var words: [String] = []
    for text in ["one two three", "öne two three"] {
      BasicTokenizer().forEachWord(in: text) {
        words.append($0)
        return words.count % 2 != 0
      }
    }
    XCTAssertEqual(words, ["one", "two", "one", "two"])
  }
}
