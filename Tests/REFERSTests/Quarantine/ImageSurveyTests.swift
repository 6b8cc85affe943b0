import Diagnostics
import Foundation
import REFERS
import XCTest

final class ImageSurveyTests: XCTestCase {
  private let base = BaseSize.square(24)

  /// Five studies: whole; one bad image of three; none whole; whole; one bad.
  private func source(missing: Bool = false) -> ListedStudies {
    let files = [
      ["gray.jpg"], ["gray8.png", "broken-short.png", "rgb8.png"],
      ["broken-short.jpg", "broken-text.jpg", "broken-huge.png"], ["gray16.png"],
      missing ? ["none.jpg"] : ["broken-bit.png", "gray.jpg"],
    ]
    return ListedStudies(
      studies: files.enumerated().map { index, names in
        Study(
          identifier: "hidden\(index)", patient: "p",
          radiographs: names.map {
            Radiograph(file: DataFixtures.image($0))
          }, split: .train, place: "line \(index + 2)")
      }, reports: files.map { _ in "All is well." })
  }

  func testTheSameIsFoundByAnyPartsAndThreads() throws {
    let source = source()
    let survey = ImageSurvey(of: [0, 1, 2, 3, 4, 1], in: source, base: base)
    XCTAssertEqual(survey.count, 10)
    let wanted = try survey.run()
    XCTAssertEqual(
      wanted.map { [$0.study, $0.image] }, [[1, 0], [2, 0], [2, 1], [2, 2], [4, 0]])
    for parts in 1...4 {
      for workers in [1, 3, 20] {
        let found = try (0..<parts).flatMap {
          try survey.run(part: $0, of: parts, workers: workers)
        }
        XCTAssertEqual(found.sorted(), wanted)
      }
    }
    let halves = try survey.run(0..<5) + survey.run(5..<99, workers: 2)
    XCTAssertEqual(halves, wanted)
    XCTAssertFalse(wanted.contains { $0.reason.contains("/") })
  }

  func testAnImageThatCannotBeReadIsAFailureThatNamesTheStudy() {
    let survey = ImageSurvey(of: [0, 4], in: source(missing: true), base: base)
    for workers in [1, 4] {
      let failure = caught { _ = try survey.run(workers: workers) }
      XCTAssertEqual(failure?.code, .file)
      XCTAssertEqual(failure?.context, ["study 4 (line 6)", "image 1"])
      XCTAssertFalse(failure?.description.contains("none.jpg") ?? true)
    }
  }

  func testStudiesKeepTheirPlaces() throws {
    let source = source()
    let bad = try ImageSurvey(of: [0, 1, 2, 3, 4], in: source, base: base).run()
    let whole = DecodableStudies(source, without: bad)
    XCTAssertEqual(whole.studies.map(\.radiographs.count), [1, 2, 0, 1, 1])
    XCTAssertEqual(whole.studies.map(\.identifier), source.studies.map(\.identifier))
    XCTAssertEqual((0..<5).filter(whole.isUsable), [0, 1, 3, 4])
    XCTAssertEqual(whole.emptied, 1)
    XCTAssertEqual(try whole.report(of: 1), "All is well.")
  }

  func testTheShare() throws {
    let source = source()
    let bad = try ImageSurvey(of: [0, 1, 2, 3, 4], in: source, base: base).run()
    let quarantine = Quarantine(bad.reversed(), of: 10)
    XCTAssertNoThrow(try quarantine.require(share: 0.5, file: "list"))
    let failure = caught { try quarantine.require(share: 0.49, file: "list") }
    XCTAssertEqual(failure?.code, .image)
    XCTAssertTrue(
      failure?.message.contains("5 of 10 images cannot be decoded") ?? false, "\(failure as Any)")
    XCTAssertNoThrow(try Quarantine([], of: 0).require(share: 0, file: "list"))
    let sentences = quarantine.sentences(in: source, leftOut: 1, file: "list")
    XCTAssertEqual(sentences.count, 6)
    XCTAssertTrue(sentences[0].hasPrefix("image 1 of study 1 (line 3) is left out: "))
    XCTAssertEqual(
      sentences[5], "5 of 10 images cannot be decoded, 1 study is left out; see list")
    let many = (0..<100).map { UnusableImage(study: 0, image: $0, reason: "x") }
    XCTAssertEqual(
      Quarantine(many, of: 100).sentences(in: source, leftOut: 0, file: "list").count, 21)
  }
}
