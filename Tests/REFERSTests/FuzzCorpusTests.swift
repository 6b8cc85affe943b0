import Foundation
import FuzzTargets
import XCTest

/// Replays the corpora of scripts/fuzz: what was ever found stays mended.
final class FuzzCorpusTests: XCTestCase {
  func testEveryCorpus() throws {
    let folder = URL(fileURLWithPath: DataFixtures.folder + "/../Fuzz/Corpora").standardized
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    XCTAssertEqual(names.sorted(), FuzzTarget.all.map(\.name).sorted())
    for target in FuzzTarget.all {
      let corpus = folder.appendingPathComponent(target.name)
      let files = try FileManager.default.contentsOfDirectory(atPath: corpus.path)
      XCTAssertGreaterThan(files.count, 3, target.name)
      for file in files {
        let bytes = try Data(contentsOf: corpus.appendingPathComponent(file))
        XCTAssertNoThrow(try target.run(Array(bytes)), "\(target.name)/\(file)")
      }
    }
  }

  /// Longer than what is fuzzed, where a time that grows with the square shows.
  func testLongTextsTakeLinearTime() throws {
    let target = try XCTUnwrap(FuzzTarget.named("tokenizer"))
    let start = ContinuousClock.now
    for part in ["left right ", "É", "a\u{0301}\u{0323}", "\u{1100}\u{1161}\u{11A8}", "肺"] {
      XCTAssertNoThrow(try target.run(Array(String(repeating: part, count: 200_000).utf8)), part)
    }
    XCTAssertLessThan(ContinuousClock.now - start, .seconds(20))
  }
}
