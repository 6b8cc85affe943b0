import Diagnostics
import Foundation
import REFERS
import XCTest

final class WordPieceTests: XCTestCase {
  private let special = WordPieceVocabulary.specialTokens

  func testGreedyLongestPieces() throws {
    let vocabulary = try WordPieceVocabulary(
      tokens: special + ["un", "##clear", "##cl", "##ear", "clear", ",", "##s"])
    let tokenizer = WordPieceTokenizer(vocabulary: vocabulary)
    XCTAssertEqual(
      tokenizer.encode("Unclear, clears unclearly", maximum: 100), [2, 5, 6, 10, 9, 11, 1, 3])
    XCTAssertEqual(tokenizer.decode([2, 5, 6, 10, 9, 11, 1, 3, 0, 0, 99]), "unclear , clears")
  }

  func testTruncationKeepsTheEnd() throws {
    let vocabulary = try WordPieceVocabulary(tokens: special + ["a", "##b"])
    let tokenizer = WordPieceTokenizer(vocabulary: vocabulary)
    XCTAssertEqual(tokenizer.encode("a a ab a", maximum: 7), [2, 5, 5, 5, 6, 5, 3])
    XCTAssertEqual(tokenizer.encode("a a ab a", maximum: 6), [2, 5, 5, 5, 6, 3])
    XCTAssertEqual(tokenizer.encode("a a ab a", maximum: 5), [2, 5, 5, 5, 3])
    XCTAssertEqual(tokenizer.encode("a a ab a", maximum: 2), [2, 3])
    XCTAssertEqual(tokenizer.encode("", maximum: 5), [2, 3])
  }

  func testVocabularyFile() throws {
    let folder = try DataFolder()
    let vocabulary = try WordPieceVocabulary(tokens: special + ["a", "##é", "\u{2028}", "b"])
    try vocabulary.write(to: folder.path + "/vocab.txt")
    let read = try WordPieceVocabulary(contentsOf: folder.path + "/vocab.txt")
    XCTAssertEqual(read, vocabulary)
    XCTAssertEqual(read.id(of: "b"), 8)
    let windows = try folder.write(
      "x\r\n[UNK]\r\n[SEP]\r\n[CLS]\r\n[PAD]", to: "windows.txt")
    let other = try WordPieceVocabulary(contentsOf: windows)
    XCTAssertEqual([other.padding, other.unknown, other.start, other.end], [4, 1, 3, 2])
    XCTAssertEqual(other.count, 5)
  }

  func testFaultyVocabularies() throws {
    let folder = try DataFolder()
    let whole = special.joined(separator: "\n")
    for (text, wanted) in [
      ("", "[PAD]"), ("[PAD]\n[UNK]\n[CLS]\n", "[SEP]"), (whole + "\na\nb\na\n", "Line 8"),
      (whole + "\na\n\nb\n", "Line 7"),
    ] {
      let failure = caught {
        _ = try WordPieceVocabulary(contentsOf: folder.write(text, to: "v.txt"))
      }
      XCTAssertEqual(failure?.code, .input)
      XCTAssertTrue(failure?.message.contains(wanted) ?? false, wanted)
    }
    let latin = try folder.write(Data([0x61, 0xE9, 0x0A]), to: "latin.txt")
    XCTAssertEqual(caught { _ = try WordPieceVocabulary(contentsOf: latin) }?.code, .input)
    let none = folder.path + "/none.txt"
    XCTAssertEqual(caught { _ = try WordPieceVocabulary(contentsOf: none) }?.code, .file)
  }

  // MARK: Training

  func testMergesTheMostFrequentPair() throws {
    // Pairs: l ##o 7, ##o ##w 7, ##w ##e 2, ##e ##r 2; then lo ##w 7, low ##e 2, ##e ##r 2.
    let words = ["low": 5, "lower": 2]
    var trainer = WordPieceTrainer(size: 100)
    let letters = ["e", "l", "o", "r", "w", "##o", "##w", "##e", "##r"]
    XCTAssertEqual(
      try trainer.train(onWords: words).tokens,
      special + letters + ["##ow", "low", "##er", "lower"])
    trainer.size = 15
    XCTAssertEqual(try trainer.train(onWords: words).tokens, special + letters + ["##ow"])
    trainer.size = 100
    trainer.minimumFrequency = 3
    XCTAssertEqual(try trainer.train(onWords: words).tokens, special + letters + ["##ow", "low"])
  }

  func testRepeatedPairsInAWord() throws {
    // aaaa: a ##a ##a ##a; the pair ##a ##a stands twice but overlaps.
    let tokens = try WordPieceTrainer(size: 100, minimumFrequency: 1)
      .train(onWords: ["aaaa": 1, "aaa": 1]).tokens
    XCTAssertEqual(Array(tokens.dropFirst(5)).prefix(3), ["a", "##a", "##aa"])
    XCTAssertTrue(tokens.contains("aaaa"))
    XCTAssertTrue(tokens.contains("aaa"))
    XCTAssertEqual(Set(tokens).count, tokens.count)
  }

  func testOrderOfReportsMakesNoDifference() throws {
    let reports = (0..<300).map { index in
      "Study \(index % 7) shows opacity \(index * 7919 % 101) mm, effusion\(index % 5)s unchanged."
    }
    let trainer = WordPieceTrainer(size: 150)
    let vocabulary = try trainer.train(on: reports)
    XCTAssertEqual(vocabulary.count, 150)
    XCTAssertEqual(vocabulary, try trainer.train(on: reports.reversed()))
    let tokenizer = WordPieceTokenizer(vocabulary: vocabulary)
    for report in reports {
      let ids = tokenizer.encode(report, maximum: 100)
      XCTAssertFalse(ids.contains(vocabulary.unknown), "each letter is in the alphabet")
      XCTAssertEqual(
        tokenizer.decode(ids), BasicTokenizer().words(in: report).joined(separator: " "))
    }
    XCTAssertLessThan(tokenizer.encode(reports[0], maximum: 100).count, 16)
  }

  func testSpeedOfTraining() throws {
    let reports = (0..<4000).map { report in
      (0..<60).map { "word\((report * 60 + $0) * 7919 % 3001)" }.joined(separator: " ")
    }
    let start = Date()
    XCTAssertEqual(try WordPieceTrainer(size: 2000).train(on: reports).count, 2000)
    // 0.2 s on a quiet core; the limit is for a machine that does other things too.
    XCTAssertLessThan(Date().timeIntervalSince(start), 3)
  }
}
