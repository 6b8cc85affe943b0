import REFERS
import XCTest

final class RetrievalTests: XCTestCase {
  func testOwnReportsComeFirst() {
    let image: [[Float]] = [[1, 0, 0], [0, 2, 0], [0, 0, 3]]
    let text: [[Float]] = [[5, 1, 0], [0, 1, 0], [0, 1, 9]]
    XCTAssertEqual(
      retrieval(image, text), Retrieval(first: 3, candidates: 3))
    // Longer vectors do not win: the cosine counts.
    let long: [[Float]] = [[1, 0, 0], [90, 90, 0], [0, 0, 1]]
    XCTAssertEqual(
      retrieval(image, long), Retrieval(first: 3, candidates: 3))
    let swapped: [[Float]] = [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    XCTAssertEqual(
      retrieval(image, swapped), Retrieval(first: 1, candidates: 3))
  }

  func testATieIsAMiss() {
    let image: [[Float]] = [[1, 0], [0, 1], [1, 1]]
    let text: [[Float]] = [[1, 0], [0, 1], [1, 0]]
    XCTAssertEqual(
      retrieval(image, text), Retrieval(first: 1, candidates: 3))
    let same = Array(repeating: [Float(1), 1], count: 3)
    XCTAssertEqual(
      retrieval(image, same), Retrieval(first: 0, candidates: 3))
  }

  func testTheLimitCutsStudiesAndReports() {
    let image: [[Float]] = [[1, 0], [0, 1], [1, 0]]
    XCTAssertEqual(
      retrieval(image, image, limit: 2), Retrieval(first: 2, candidates: 2))
    XCTAssertEqual(
      retrieval(image, image), Retrieval(first: 1, candidates: 3))
    XCTAssertEqual(retrieval([], []), Retrieval(first: 0, candidates: 0))
  }

  private func retrieval(
    _ image: [[Float]], _ text: [[Float]], limit: Int = .max
  ) -> Retrieval {
    Retrieval(
      image: image.flatMap { $0 }, text: text.flatMap { $0 }, width: image.first?.count ?? 2,
      limit: limit)
  }
}
