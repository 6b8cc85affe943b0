import Determinism
import Diagnostics
import REFERS
import Tensors
import TestSupport
import XCTest

/// The head fitted to features, against scikit-learn and finite differences.
final class LinearProbeTests: XCTestCase {
  private struct Fixture: Decodable {
    let width: Int
    let classes: Int
    let images: Int
    let features: [Double]
    let labels: [Double?]
    let classNumbers: [Double?]
    let cases: [Case]

    struct Case: Decodable {
      let task: LabelTask
      let penalty: Double
      let auc: Double
      let weight: [Double]
      let bias: [Double]
    }

    func examples(_ task: LabelTask, _ rows: Range<Int>) -> LinearProbe.Examples {
      let columns = task == .multiLabel ? classes : 1
      let all = task == .multiLabel ? labels : classNumbers
      return LinearProbe.Examples(
        features: features[rows.lowerBound * width..<rows.upperBound * width].map { Float($0) },
        labels: all[rows.lowerBound * columns..<rows.upperBound * columns].map {
          $0.map { Float($0) } ?? .nan
        })
    }

    var training: Range<Int> { 0..<images }
    var heldOut: Range<Int> { images..<features.count / width }
  }

  private func fixture() throws -> Fixture {
    try DataFixtures.decode(Fixture.self, from: "probe.json")
  }

  private func fit(
    _ fixture: Fixture, _ task: LabelTask, penalties: [Double], threads: Int = 1
  ) throws -> LinearProbe {
    try .fit(
      training: fixture.examples(task, fixture.training),
      validation: fixture.examples(task, fixture.heldOut), width: fixture.width, task: task,
      classes: fixture.classes, penalties: penalties, team: ThreadTeam(count: threads))
  }

  func testItIsTheRegressionOfScikitLearn() throws {
    let fixture = try fixture()
    XCTAssertEqual(fixture.cases.count, 6)
    for wanted in fixture.cases {
      let probe = try fit(fixture, wanted.task, penalties: [wanted.penalty])
      XCTAssertLessThan(relativeError(probe.weight, wanted.weight), 2e-6, "\(wanted)")
      XCTAssertLessThan(relativeError(probe.bias, wanted.bias), 2e-6, "\(wanted)")
      XCTAssertEqual(try XCTUnwrap(probe.validationAUC), wanted.auc, accuracy: 1e-12)
      XCTAssertEqual(probe.constantClasses, [])
    }
  }

  /// The list is gone through from end to end, each fit from where the last one ended.
  func testThePenaltyIsTheOneOfTheHighestAUC() throws {
    let fixture = try fixture()
    for task in [LabelTask.multiLabel, .multiClass] {
      let cases = fixture.cases.filter { $0.task == task }
      let best = try XCTUnwrap(cases.max { $0.auc < $1.auc })
      let probe = try fit(fixture, task, penalties: cases.map(\.penalty), threads: 2)
      XCTAssertEqual(probe.penalty, best.penalty)
      XCTAssertLessThan(relativeError(probe.weight, best.weight), 2e-6)
    }
  }

  func testThreadsChangeNoBit() throws {
    let fixture = try fixture()
    for task in [LabelTask.multiLabel, .multiClass] {
      let one = try fit(fixture, task, penalties: LinearProbe.penalties)
      let three = try fit(fixture, task, penalties: LinearProbe.penalties, threads: 3)
      XCTAssertEqual(one.weight.map(\.bitPattern), three.weight.map(\.bitPattern))
      XCTAssertEqual(one.bias.map(\.bitPattern), three.bias.map(\.bitPattern))
    }
  }

  func testTheGradientIsThatOfFiniteDifferences() {
    var random = CounterRandom(seed: 3)
    let width = 5
    for outputs in [1, 2, 4] {
      let labels = (0..<9).map { _ in random.integer(below: max(2, outputs)) }
      let loss = LogisticLoss(
        features: (0..<9 * width).map { _ in Double(random.uniform(-2, 2)) }, width: width,
        labels: labels, outputs: outputs, penalty: 0.3)
      let point = (0..<loss.count).map { _ in Double(random.uniform(-1, 1)) }
      let gradient = loss(point).gradient
      let differences = point.indices.map { at in
        func moved(_ by: Double) -> Double {
          var point = point
          point[at] += by
          return loss(point).value
        }
        return (moved(1e-5) - moved(-1e-5)) / 2e-5
      }
      XCTAssertLessThan(relativeError(gradient, differences), 1e-9)
    }
  }

  /// Logits so large that their exponentials overflow.
  func testLargeLogits() {
    for (outputs, label) in [(1, 0), (1, 1), (3, 2)] {
      let loss = LogisticLoss(
        features: [1000], width: 1, labels: [label], outputs: outputs, penalty: 0)
      let (value, gradient) = loss((0..<loss.count).map { $0 == 0 ? 5 : 0 })
      XCTAssertTrue(value.isFinite && gradient.allSatisfy(\.isFinite))
      XCTAssertEqual(value, outputs == 1 && label == 1 ? 0 : 5000, accuracy: 1e-9)
    }
  }

  func testAClassOfOneValueIsConstantAndNamed() throws {
    let features: [Float] = [0, 1, 2, 3, 4, 5]
    let labels: [Float] = [0, 1, .nan, 0, 1, .nan, 0, 1, .nan, 1, 1, .nan, 1, 1, .nan, 1, 1, .nan]
    let examples = LinearProbe.Examples(features: features, labels: labels)
    let probe = try LinearProbe.fit(
      training: examples, validation: examples, width: 1, task: .multiLabel, classes: 3)
    XCTAssertEqual(probe.constantClasses, [1, 2])
    XCTAssertEqual(probe.weight[1...2], [0, 0])
    XCTAssertGreaterThan(probe.weight[0], 0)
    XCTAssertEqual(probe.bias[1], Float(log(6.5 / 0.5)), accuracy: 1e-6)
    XCTAssertEqual(probe.bias[2], 0)
    XCTAssertEqual(probe.validationAUC, 1)

    // Of four classes one was never seen: it is the least likely.
    let numbers = LinearProbe.Examples(features: features, labels: [0, 0, 1, 1, 3, .nan])
    let softmax = try LinearProbe.fit(
      training: numbers, validation: numbers, width: 1, task: .multiClass, classes: 4)
    XCTAssertEqual(softmax.constantClasses, [2])
    let logits = softmax.logits([2.5], width: 1)
    XCTAssertEqual(logits.indices.min { logits[$0] < logits[$1] }, 2)
    let alone = try LinearProbe.fit(
      training: .init(features: [1, 2], labels: [1, 1]), validation: numbers, width: 1,
      task: .multiClass, classes: 4)
    XCTAssertEqual(alone.constantClasses, [0, 1, 2, 3])
    XCTAssertEqual(alone.bias.indices.max { alone.bias[$0] < alone.bias[$1] }, 1)
    XCTAssertEqual(alone.validationAUC, 0.5)
  }

  func testWhatCannotBeFitted() {
    func code(_ features: [Float], _ labels: [Float], classes: Int = 1) -> Failure.Code? {
      let examples = LinearProbe.Examples(features: features, labels: labels)
      return caught {
        _ = try LinearProbe.fit(
          training: examples, validation: examples, width: 2, task: .multiLabel, classes: classes)
      }?.code
    }
    XCTAssertEqual(code([1, 2, 3], [0]), .shape)
    XCTAssertEqual(code([1, 2, 3, 4], [0]), .shape)
    XCTAssertEqual(code([1, 2, 3, .nan], [0, 1]), .numerics)
    XCTAssertEqual(code([1, 2, 3, 4], [0, 2]), .input)
    XCTAssertEqual(code([1, 2, 3, 4], [.nan, .nan]), .input)
    XCTAssertEqual(code([], []), .input)
  }
}
