import Foundation
import REFERS
import TestSupport
import XCTest

/// `refers-mpi retrieve` on studies, with and without sentences.
final class RetrieveTests: XCTestCase {
  private static let sentences = """
    class,positive,negative
    Edema,"There is pulmonary edema, and effusion.",The lungs are clear.
    Pneumothorax,There is a pneumothorax.,There is no pneumothorax.

    """

  func testRecallAndSentencesOnAnyRanks() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let prompts = try folder.write(Data(Self.sentences.utf8), to: "sentences.csv")
    func retrieve(_ np: Int, _ threads: Int) throws -> (output: String, scores: [[String]]) {
      let scores = folder.file("scores-\(np)-\(threads).csv")
      let result = try refersMPI(
        [
          "retrieve", fixture.pretrained, "--data", fixture.studies, "--sentences", prompts,
          "--labels", fixture.studies, "--scores", scores, "--json",
        ], np: np, threads: threads)
      XCTAssertEqual(result.status, 0, result.report)
      XCTAssertEqual(try permissions(scores), 0o600)
      return (result.standardOutput, try csvRows(scores))
    }
    let first = try retrieve(1, 1)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let object = try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
    XCTAssertEqual(object["studies"] as? Int, 26)
    let recall = try XCTUnwrap(object["study_to_report"] as? [Double])
    XCTAssertEqual(recall.count, 3)
    XCTAssertEqual(recall, recall.sorted())
    XCTAssertTrue(recall.allSatisfy { (0...1).contains($0) })
    let areas = try XCTUnwrap(object["zero_shot_auc"] as? [String: Any])
    XCTAssertEqual(Set(areas.keys), ["Edema", "Pneumothorax"])
    XCTAssertEqual(first.scores[0], ["study", "study_id", "Edema", "Pneumothorax"])
    XCTAssertEqual(first.scores.count, 27)
    for row in first.scores.dropFirst() {
      for field in row.dropFirst(2) {
        XCTAssertTrue((0.0...1).contains(try XCTUnwrap(Double(field))), "\(row)")
      }
    }
    for (np, threads) in [(1, 2), (2, 1), (3, 1)] {
      let other = try retrieve(np, threads)
      XCTAssertEqual(other.output, first.output)
      XCTAssertEqual(other.scores, first.scores)
    }
  }

  func testTheTable() throws {
    let fixture = try inferenceFixture()
    let result = try refersMPI([
      "retrieve", fixture.pretrained, "--data", fixture.studies, "--split", "validate",
    ])
    XCTAssertEqual(result.status, 0, result.report)
    XCTAssertTrue(result.lines[0].hasPrefix("9 studies, "), result.report)
    XCTAssertTrue(
      result.lines.contains { $0.hasPrefix("study to report") && $0.contains("100.0 %") },
      "nine studies are all among the first ten: \(result.report)")
  }

  func testWhatCannotBeRetrievedWith() throws {
    let fixture = try inferenceFixture()
    let folder = try TemporaryFolder()
    let twice = try folder.write(
      Data("class,positive,negative\na,b,c\na,d,e\n".utf8), to: "twice.csv")
    let blank = try folder.write(Data("class,positive,negative\na,,c\n".utf8), to: "blank.csv")
    let none = try folder.write(Data("class,positive,negative\n".utf8), to: "none.csv")
    let other = try folder.write(
      Data("class,positive,negative\nEdemma,b,c\n".utf8), to: "other.csv")
    let right = try folder.write(Data(Self.sentences.utf8), to: "sentences.csv")
    let strangers = try folder.write(
      Data("study_id,Edema,Pneumothorax\nx,1,0\ny,0,1\n".utf8), to: "strangers.csv")
    let data = ["--data", fixture.studies]
    for (model, arguments, words) in [
      (fixture.model("multi-label"), data, "is a classifier: it reads no reports"),
      (fixture.model("wordless"), data, "has no vocab.txt"),
      (fixture.pretrained, data + ["--sentences", twice], "repeats the class of line 2"),
      (fixture.pretrained, data + ["--sentences", blank], "lacks a class or a sentence"),
      (fixture.pretrained, data + ["--sentences", none], "has no class"),
      (
        fixture.pretrained, data + ["--sentences", other, "--labels", fixture.studies],
        "Did you mean Edema?"
      ),
      (
        fixture.pretrained, data + ["--sentences", right, "--labels", strangers],
        "None of the 26 studies has labels"
      ),
      (fixture.pretrained, ["--data", folder.file("nowhere")], "does not exist"),
    ] {
      withEvery("np", [1, 2]) { np in
        let result = try refersMPI(["retrieve", model] + arguments, np: np)
        expect(result.status != 0, "\(words): \(result.report)")
        expectEqual(result.standardError.components(separatedBy: words).count, 2, result.report)
      }
    }
    let options = try refersMPI(["retrieve", "x", "--data", "y", "--scores", "z"])
    XCTAssertEqual(options.status, 64, options.report)
  }
}
