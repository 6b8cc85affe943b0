import Determinism
import REFERS
import XCTest

/// REFERS sec. 14.7: frequencies of views for n = 1, 2, 3, 5 in both modes.
final class ViewSamplingTests: XCTestCase {
  private let draws = 30_000

  /// How often each list of radiographs fills the slots.
  private func frequencies(_ count: Int, _ options: ViewOptions) -> [[Int]: Double] {
    var frequencies: [[Int]: Double] = [:]
    for study in 0..<draws {
      var random = CounterRandom(seed: 5, epoch: 2, study: study, .views)
      let sampling = ViewSampling.training(radiographs: count, options: options, random: &random)
      XCTAssertEqual(sampling.slots.count, options.slots)
      let views = sampling.slots.map { sampling.images[$0].radiograph }
      frequencies[views, default: 0] += 1 / Double(draws)
    }
    return frequencies
  }

  /// That exactly the wanted lists occur, each equally often.
  private func expectUniform(
    _ frequencies: [[Int]: Double], _ wanted: Set<[Int]>, line: UInt = #line
  ) {
    XCTAssertEqual(Set(frequencies.keys), wanted, line: line)
    let probability = 1 / Double(wanted.count)
    let deviation = (probability * (1 - probability) / Double(draws)).squareRoot()
    for (views, frequency) in frequencies {
      XCTAssertEqual(frequency, probability, accuracy: 5 * deviation + 1e-9, "\(views)", line: line)
    }
  }

  private func lists(_ count: Int, of length: Int) -> [[Int]] {
    (0..<length).reduce([[]]) { lists, _ in
      lists.flatMap { list in (0..<count).map { list + [$0] } }
    }
  }

  func testPaper() {
    let options = ViewOptions(sampling: .paper)
    expectUniform(frequencies(1, options), [[0, 0, 0]])
    // Both views, one of them twice, in any order: 6 lists.
    expectUniform(frequencies(2, options), Set(lists(2, of: 3).filter { Set($0).count == 2 }))
    for count in [3, 5] {
      expectUniform(
        frequencies(count, options), Set(lists(count, of: 3).filter { Set($0).count == 3 }))
    }
  }

  func testWithReplacement() {
    let options = ViewOptions(sampling: .withReplacement)
    for count in [1, 2, 3, 5] {
      expectUniform(frequencies(count, options), Set(lists(count, of: 3)))
    }
  }

  func testOneSlot() {
    for sampling in ViewSamplingForm.allCases {
      let options = ViewOptions(sampling: sampling, slots: 1)
      expectUniform(frequencies(3, options), [[0], [1], [2]])
    }
  }

  func testRepeatedViews() {
    for study in 0..<200 {
      for count in [1, 2, 3, 5] {
        for sampling in ViewSamplingForm.allCases {
          func draw(_ form: ViewRepeat) -> ViewSampling {
            var random = CounterRandom(seed: 5, epoch: 2, study: study, .views)
            return .training(
              radiographs: count, options: ViewOptions(sampling: sampling, repeat: form),
              random: &random)
          }
          let (reuse, independent) = (draw(.reuse), draw(.independent))
          XCTAssertEqual(Set(reuse.images.map(\.radiograph)).count, reuse.images.count)
          XCTAssertTrue(reuse.images.allSatisfy { $0.copy == 0 })
          XCTAssertEqual(Set(reuse.slots), Set(reuse.images.indices))
          XCTAssertEqual(independent.slots, [0, 1, 2])
          XCTAssertEqual(independent.images.map(\.copy), [0, 1, 2])
          XCTAssertEqual(
            independent.images.map(\.radiograph), reuse.slots.map { reuse.images[$0].radiograph })
        }
      }
    }
  }

  func testValidationCyclesThroughTheFirst() {
    for (count, wanted, slots) in [
      (1, [0], [0, 0, 0]), (2, [0, 1], [0, 1, 0]), (5, [0, 1, 2], [0, 1, 2]),
    ] {
      for form in ViewRepeat.allCases {
        let sampling = ViewSampling.validation(
          radiographs: count, options: ViewOptions(repeat: form))
        XCTAssertEqual(sampling.images.map(\.radiograph), wanted)
        XCTAssertEqual(sampling.slots, slots)
      }
    }
    XCTAssertEqual(
      ViewSampling.validation(radiographs: 4, options: ViewOptions(slots: 1)).slots, [0])
  }
}
