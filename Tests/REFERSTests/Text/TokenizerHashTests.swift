import REFERS
import XCTest

/// Words and ids of 40,960 lines against Hugging Face's, lower-cased and not.
final class TokenizerHashTests: XCTestCase {
  private struct Fixture: Decodable {
    let vocabulary: Int
    let lower: [String]
    let cased: [String]
  }

  func testEqualsHuggingFaceForEveryCharacter() throws {
    let fixture = try DataFixtures.decode(Fixture.self, from: "tokenizer-hashes.json")
    let tokens = TokenizerLines.vocabulary()
    XCTAssertEqual(tokens.count, fixture.vocabulary)
    let vocabulary = try WordPieceVocabulary(tokens: tokens.map(TokenizerLines.text))
    for (lowerCase, hashes) in [(true, fixture.lower), (false, fixture.cased)] {
      XCTAssertEqual(hashes.count, TokenizerLines.count / TokenizerLines.block)
      let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, lowerCase: lowerCase)
      for (block, expected) in hashes.enumerated() {
        let start = block * TokenizerLines.block
        var hash = FNV()
        for number in start..<start + TokenizerLines.block {
          let line = TokenizerLines.line(number, tokens)
          for word in tokenizer.basic.words(in: line) {
            hash.add(word.utf8)
            hash.add([0x0A])
          }
          for id in tokenizer.encode(line, maximum: TokenizerLines.limits[number % 3]) {
            hash.add(withUnsafeBytes(of: id.littleEndian, Array.init))
          }
        }
        XCTAssertEqual(
          hash.value, UInt64(expected, radix: 16),
          "lines \(start)..<\(start + TokenizerLines.block), lower case \(lowerCase)")
      }
    }
  }
}

/// FNV-1a, 64 bits.
private struct FNV {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }
}
