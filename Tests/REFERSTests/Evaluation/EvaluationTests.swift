import Diagnostics
import Foundation
import REFERS
import TestSupport
import XCTest

final class EvaluationTests: XCTestCase {
  func testFiguresAreThoseOfTheFixture() throws {
    let item = try XCTUnwrap(MetricsFixture.load().classes.first { $0.name == "unknown labels" })
    let predictions = try predictions(["a"], [item.scores], [item.known])
    let evaluation = try Evaluation(of: predictions, validation: predictions)
    let found = try XCTUnwrap(evaluation.classes[0].figures)
    try expectNear(found.auc, item.auc, "auc")
    try expectNear(found.averagePrecision, item.averagePrecision, "average precision")
    try expectNear(found.brier, item.brier, "brier")
    try expectNear(found.calibrationError, item.calibrationError, "calibration error")
    try expectNear(found.accuracy, item.accuracy, "accuracy")
    try expectNear(found.f1, item.f1, "f1")
    try expectNear(
      found.sensitivityAtSpecificity, try XCTUnwrap(item.sensitivityAt["0.9"]), "sensitivity")
    try expectNear(found.aucStandardError, item.variance.squareRoot(), "standard error")
    XCTAssertEqual(found.threshold, item.thresholds["f1"])
    XCTAssertEqual(evaluation.unknownLabels, item.known.count { $0.isNaN })
    XCTAssertEqual(evaluation.classes[0].images, item.known.count { !$0.isNaN })
    let interval = try XCTUnwrap(found.aucInterval)
    XCTAssertTrue(interval.low < found.auc && found.auc < interval.high)
    XCTAssertEqual(evaluation.mean?.auc, found.auc)
    XCTAssertEqual(evaluation.mean?.aucInterval, interval)
  }

  func testAClassOfOneValueIsLeftOutAndNamed() throws {
    let predictions = try predictions(
      ["Mass", "Hernia", "Edema"],
      [[0.1, 0.2, 0.8, 0.9], [0.1, 0.2, 0.3, 0.4], [0.4, 0.6, 0.3, 0.5]],
      [[0, 0, 1, 1], [0, 0, .nan, 0], [0, 1, 0, 1]])
    let evaluation = try Evaluation(of: predictions)
    XCTAssertEqual(evaluation.leftOut, ["Hernia"])
    XCTAssertEqual(evaluation.mean?.classes, 2)
    XCTAssertEqual(evaluation.mean?.auc, 1)
    let text = evaluation.report.terminal
    XCTAssertTrue(text.contains("Left out, their labels having one value: Hernia."), text)
    XCTAssertTrue(text.contains("1 label is not known and left out."), text)
    XCTAssertTrue(text.contains("Thresholds are 0.5"), text)
  }

  func testAClassOfWhichNoLabelIsKnownIsNamedAsSuch() throws {
    let evaluation = try Evaluation(
      of: predictions(["Mass", "Edema"], [[0.1, 0.8], [0.4, 0.6]], [[0, 1], [.nan, .nan]]))
    XCTAssertEqual(evaluation.leftOut, ["Edema"])
    let text = evaluation.report.terminal
    XCTAssertTrue(text.contains("Left out, no label of theirs being known: Edema."), text)
    XCTAssertFalse(text.contains("having one value"), text)
  }

  func testOfNoClassWithBothValuesThereIsNoMean() throws {
    let evaluation = try Evaluation(of: predictions(["a"], [[0.5, 0.6]], [[1, 1]]))
    XCTAssertNil(evaluation.mean)
    XCTAssertEqual(evaluation.leftOut, ["a"])
  }

  func testThresholdsComeFromTheValidationPart() throws {
    let test = try predictions(["a", "b"], [[0.2, 0.3], [0.4, 0.7]], [[0, 1], [0, 1]])
    let validation = try predictions(["a", "b"], [[0.1, 0.25], [0.4, 0.7]], [[0, 1], [1, 1]])
    let evaluation = try Evaluation(of: test, validation: validation)
    XCTAssertEqual(evaluation.classes.map { $0.figures?.threshold }, [0.25, 0.5])
    XCTAssertEqual(evaluation.classes[0].figures?.accuracy, 1)
    XCTAssertEqual(evaluation.unchosenThresholds, ["b"])
    XCTAssertTrue(evaluation.report.terminal.contains("one label value of b: the threshold is 0.5"))
    let other = try predictions(["b", "a"], [[0.1, 0.25], [0.4, 0.7]], [[0, 1], [1, 1]])
    expectFailure("other classes than those of the validation part") {
      try Evaluation(of: test, validation: other)
    }
  }

  func testTheMostProbableClass() throws {
    let fixture = try MetricsFixture.load().multiClass
    let predictions = try Predictions(
      task: .multiClass, classes: fixture.areas.indices.map { "c\($0)" },
      images: fixture.labels.indices.map { "\($0)" },
      probabilities: fixture.probabilities.flatMap { $0 }, labels: fixture.labels)
    try expectNear(Evaluation(of: predictions).accuracy, fixture.accuracy, "accuracy")
  }

  func testRepeatsHaveMeanAndDeviation() throws {
    let runs = try [[0.1, 0.4, 0.35, 0.8], [0.1, 0.2, 0.35, 0.8]].map {
      NamedPredictions(name: "run", predictions: try predictions(["a"], [$0], [[0, 0, 1, 1]]))
    }
    let repeats = try XCTUnwrap(EvaluatedRuns(runs).repeats)
    XCTAssertEqual(repeats.mean?.auc.mean, 0.875)
    try expectNear(repeats.mean?.auc.deviation, 0.125 * 2.0.squareRoot(), "deviation")
    XCTAssertTrue(repeats.report.terminal.contains("0.875 ± 0.177"), repeats.report.terminal)
  }

  func testARunsFolder() throws {
    let folder = try TemporaryFolder()
    let test = try predictions(["a"], [[0.1, 0.9]], [[0, 1]])
    try test.write(to: folder.file(Predictions.testFileName))
    XCTAssertNil(try NamedPredictions(at: folder.path).validation)
    try test.write(to: folder.file(Predictions.validationFileName))
    let run = try NamedPredictions(at: folder.path)
    XCTAssertEqual(run.predictions, test)
    XCTAssertEqual(run.validation, test)
    let name = URL(fileURLWithPath: folder.path).lastPathComponent
    XCTAssertEqual(run.name, name)
    XCTAssertEqual(
      try NamedPredictions(at: folder.file(Predictions.testFileName)).name, name)
    expectFailure("cannot be opened") { try NamedPredictions(at: folder.file("none.csv")) }
  }

  func testTables() {
    var table = TextTable(["", "AUC", "p"])
    table.add(["Mass|x", "0.9"])
    table.add(["a", "0.95", "0.1"])
    XCTAssertEqual(table.terminal, "         AUC    p\nMass|x   0.9\na       0.95  0.1\n")
    XCTAssertEqual(
      table.markdown,
      "|  | AUC | p |\n| --- | ---: | ---: |\n| Mass\\|x | 0.9 |  |\n| a | 0.95 | 0.1 |\n")
  }
}

/// Predictions of several classes, given class by class.
func predictions(
  _ classes: [String], _ scores: [[Double]], _ labels: [[Float]]
) throws -> Predictions {
  let count = scores[0].count
  return try Predictions(
    task: .multiLabel, classes: classes, images: (0..<count).map { "image \($0)" },
    probabilities: (0..<count).flatMap { row in scores.map { $0[row] } },
    labels: (0..<count).flatMap { row in labels.map { $0[row] } })
}
