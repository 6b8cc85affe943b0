import Foundation
import REFERS
import XCTest

/// The way from `synthesize` to prepared studies.
final class SyntheticTreeTests: XCTestCase {
  func testWrittenStudiesAreReadBack() throws {
    let folder = try DataFolder()
    let set = SyntheticStudySet(train: 40, validate: 12, test: 6, seed: 5)
    let writer = SyntheticStudyWriter(set, to: folder.path + "/set")
    try writer.write(workers: 2)
    try writer.finish()

    let source = try MIMICSource(directory: folder.path + "/set")
    XCTAssertEqual(source.dropped, 0)
    XCTAssertEqual(source.studies.count, 58)
    XCTAssertEqual(source.indices(of: [.train]).count, 40)
    XCTAssertEqual(source.indices(of: ValidationSet.validate.splits).count, 12)
    XCTAssertEqual(source.indices(of: ValidationSet.paper.splits).count, 18)
    for (index, study) in source.studies.enumerated() {
      let entry = try XCTUnwrap(set.entries.first { "\($0.study)" == study.identifier })
      let made = set.studies.study(at: entry.index)
      let words = (made.report.findings + " " + made.report.impression).split(separator: " ")
      XCTAssertEqual(try source.report(of: index), words.joined(separator: " "))
      XCTAssertEqual(study.radiographs.map(\.view).sorted(), made.views.map(\.rawValue).sorted())
    }

    let reports = try source.indices(of: [.train]).map { try source.report(of: $0) }
    let preparer = try StudyPreparer(
      source: source,
      tokenizer: WordPieceTokenizer(
        vocabulary: try WordPieceTrainer(size: 400).train(on: reports)),
      image: ImageOptions(resize: 146, crop: 128), seed: 1)
    let request = LoadRequest(epoch: 0, studies: Array(0..<58), training: true)
    let loader = try StudyLoader(preparer: preparer, requests: [request], workers: 2, depth: 1)
    let studies = try XCTUnwrap(loader.next())
    for study in studies {
      for image in study.images {
        XCTAssertEqual([image.width, image.height], [128, 128])
        XCTAssertGreaterThan(Set(image.pixels).count, 30, "a picture, not a blank")
      }
    }
  }
}
