import Foundation
import REFERS
import TestSupport
import XCTest

final class ExperimentTests: XCTestCase {
  func testTablesOfRunsBelowAFolder() throws {
    let folder = try TemporaryFolder()
    for (method, areas) in [
      ("scratch", [0.60, 0.62, 0.61]), ("REFERS", [0.70, 0.73, 0.71]),
    ] {
      for (place, area) in areas.enumerated() {
        try save(result(method, draw: place + 1, area: area), "runs/\(method)-\(place)", in: folder)
      }
    }
    try save(result("REFERS", ratio: 1, area: 0.9), "full", in: folder)
    let experiment = try Experiment(directory: folder.path)
    let target = try XCTUnwrap(experiment.targets.first)
    XCTAssertEqual(target.methods, ["REFERS", "scratch"])
    XCTAssertEqual(target.labelRatios, [0.01, 1])
    XCTAssertEqual(target.cell("REFERS", 0.01)?.areas, [0.70, 0.73, 0.71])
    let difference = try XCTUnwrap(target.difference("scratch", 0.01))
    XCTAssertEqual(
      difference.test, TTest.independent([0.70, 0.73, 0.71], [0.60, 0.62, 0.61]))
    XCTAssertEqual(difference.paired, TTest.paired([0.70, 0.73, 0.71], [0.60, 0.62, 0.61]))
    XCTAssertNil(target.difference("scratch", 1))
    let lines = experiment.report.terminal.split(separator: "\n")
    XCTAssertTrue(
      lines.contains {
        $0.hasPrefix("REFERS") && $0.contains("71.3 ± 1.5") && $0.hasSuffix("90.0")
      },
      experiment.report.terminal)
    XCTAssertTrue(lines.contains { $0.hasPrefix("p, REFERS against scratch") })
    XCTAssertTrue(experiment.report.markdown.contains("| REFERS | 71.3 ± 1.5 | 90.0 |"))
    XCTAssertTrue(experiment.report.terminal.contains("having one value: Hernia."))
  }

  func testOfLearningRatesTheBestOnValidationCounts() throws {
    var low = result("REFERS", area: 0.9)
    low.learningRate = 0.001
    low.validationAUC = 0.6
    var high = result("REFERS", area: 0.8)
    high.validationAUC = 0.7
    for results in [[low, high], [high, low]] {
      let experiment = try Experiment(results.map { ("x", $0) }, reference: "REFERS")
      XCTAssertEqual(experiment.targets[0].cells[0].areas, [0.8])
    }
  }

  func testPairedTestsTakeTheSameDraws() throws {
    let own = [0.7, 0.72, 0.9].enumerated().map { result("REFERS", draw: $0 + 1, area: $1) }
    let other = [0.62, 0.6].enumerated().map { result("scratch", draw: 2 - $0, area: $1) }
    let experiment = try Experiment((own + other).map { ("x", $0) }, reference: "REFERS")
    let difference = try XCTUnwrap(experiment.targets[0].difference("scratch", 0.01))
    XCTAssertEqual(difference.paired, TTest.paired([0.7, 0.72], [0.6, 0.62]))
    XCTAssertEqual(difference.test?.degreesOfFreedom, 3)
  }

  func testTargetsOfOneNameAndOtherClassesStandApart() throws {
    var other = result("REFERS", area: 0.8)
    other.classes = ["viral"]
    let results = [result("REFERS", area: 0.7), other]
    let experiment = try Experiment(results.map { ("x", $0) }, reference: "REFERS")
    XCTAssertEqual(experiment.targets.map(\.classes), [["Mass", "Hernia"], ["viral"]])
  }

  func testOtherTestImagesStandApart() throws {
    let one = result("REFERS", area: 0.7)
    var others = [result("scratch", area: 0.6), result("REFERS", area: 0.8)]
    for place in others.indices { others[place].testDigest = "another" }
    let experiment = try Experiment(([one] + others).map { ("x", $0) })
    XCTAssertEqual(
      experiment.targets.map(\.name), ["synthetic, test part 1", "synthetic, test part 2"])
    XCTAssertEqual(experiment.targets.map(\.methods), [["REFERS"], ["REFERS", "scratch"]])
    XCTAssertEqual(experiment.targets.map { $0.cells[0].areas }, [[0.7], [0.8]])
    XCTAssertTrue(
      experiment.report.terminal.contains("Runs of synthetic were tested on 2 unequal parts"))
    var old = [one, result("scratch", area: 0.6)]
    for place in old.indices { old[place].testDigest = nil }
    XCTAssertEqual(try Experiment(old.map { ("x", $0) }).targets.count, 1)
    old[1].testImages = 7
    XCTAssertEqual(try Experiment(old.map { ("x", $0) }).targets.count, 2)
  }

  func testALinearProbeIsAMethodOfItsOwn() throws {
    var probe = result("REFERS", area: 0.8)
    probe.learningRate = nil
    let runs = [result("LSP", area: 0.6), probe]
    for reference in [nil, "REFERS", "REFERS (linear probe)"] {
      let target = try Experiment(runs.map { ("x", $0) }, reference: reference).targets[0]
      XCTAssertEqual(target.methods, ["REFERS (linear probe)", "LSP"])
    }
    let both = try Experiment((runs + [result("REFERS", area: 0.9)]).map { ("x", $0) })
    XCTAssertEqual(both.targets[0].methods, ["REFERS", "REFERS (linear probe)", "LSP"])
    XCTAssertEqual(both.targets[0].cells.map(\.areas), [[0.9], [0.8], [0.6]])
  }

  func testWithoutAnAreaTheLowestLossOfLearningRatesCounts() throws {
    let folder = try TemporaryFolder()
    var configuration = Configuration()
    configuration.output = folder.file("lr")
    let plan = TargetPlan(configuration, draws: 1, rates: [0.1, 0.2, 0.3])
    let trial = plan.trials[0]
    XCTAssertEqual(trial.output, folder.file("lr"), "one draw has no folder of its own")
    for (run, loss) in zip(trial.runs, [0.7, 0.5, 0.6]) {
      XCTAssertNil(try trial.best())
      var found = result("REFERS", area: 0.5)
      (found.validationAUC, found.validationLoss) = (nil, loss)
      found.learningRate = run.optimizer.learningRate.radiograph
      try save(found, "lr/" + URL(fileURLWithPath: run.output).lastPathComponent, in: folder)
    }
    XCTAssertEqual(try trial.best()?.result.learningRate, 0.2)
    XCTAssertEqual(try Experiment(directory: folder.path).targets[0].cells[0].runs.count, 1)
  }

  func testWhatIsRefused() throws {
    let folder = try TemporaryFolder()
    expectFailure("There is no result.json") { try Experiment(directory: folder.path) }
    let one = result("REFERS", area: 0.7)
    expectFailure("a and b are results of the same run") {
      try Experiment([("a", one), ("b", one)], reference: "REFERS")
    }
    expectFailure("There is no method REFRS. Did you mean REFERS?") {
      try Experiment([("a", one)], reference: "REFRS")
    }
    try FileManager.default.createDirectory(
      atPath: folder.file("run"), withIntermediateDirectories: true)
    _ = try folder.write(Data("[".utf8), to: "run/result.json")
    expectFailure("run/result.json is not the result") {
      try Experiment(directory: folder.path)
    }
  }

  func testPublishedNumbers() throws {
    XCTAssertTrue(PublishedResults.rows.allSatisfy { $0.values.count == 9 })
    XCTAssertTrue(PublishedResults.report.terminal.contains("not comparable"))
  }

  func testFigures() throws {
    var results = [0.01, 0.1, 1].map { result("A & B <x>", ratio: $0, area: 0.5 + $0 / 4) }
    results += [0.6, 0.65].enumerated().map { result("scratch", draw: $0 + 1, area: $1) }
    let experiment = try Experiment(results.map { ("x", $0) }, reference: "scratch")
    let figure = try XCTUnwrap(LabelRatioFigure.svg(experiment.targets[0]))
    try expectWellFormed(figure)
    for word in ["A &amp; B &lt;x&gt;", "share of labels", "10 %", "prefers-color-scheme"] {
      XCTAssertTrue(figure.contains(word), word)
    }
    let folder = try TemporaryFolder()
    let paths = try EvaluationFiles.writeLabelRatios(of: experiment, into: folder.file("new"))
    XCTAssertEqual(paths, [folder.file("new/label-ratio-synthetic.svg")])
  }

  func testCurves() throws {
    let scores = (0..<5000).map { Double($0 * 7919 % 5000) / 5000 }
    let labels: [Float] = (0..<5000).map { $0 % 3 == 0 ? 1 : 0 }
    let named = NamedPredictions(
      name: "run",
      predictions: try predictions(
        ["Mass", "none"], [scores, scores],
        [
          labels, labels.map { _ in 0 },
        ]))
    let figure = try XCTUnwrap(ROCFigure.svg([(named.name, named.predictions)]))
    try expectWellFormed(figure)
    XCTAssertTrue(figure.contains("sensitivity") && figure.contains("1 − specificity"))
    XCTAssertFalse(figure.contains(">none<"), "a class without a curve has no panel")
    XCTAssertLessThan(figure.utf8.count, 60_000, "no more points than can be seen")
    let only = try predictions(["none"], [scores], [labels.map { _ in 1 }])
    XCTAssertNil(ROCFigure.svg([("run", only)]))
  }

  private func result(
    _ method: String, ratio: Double = 0.01, draw: Int = 1, area: Double
  ) -> TargetResult {
    TargetResult(
      method: method, target: "synthetic", task: .multiLabel, classes: ["Mass", "Hernia"],
      labelRatio: ratio, draw: draw, seed: 1, learningRate: 0.01, trainingImages: 10,
      validationImages: 100, testImages: 200, bestStep: 5, steps: 9, validationAUC: 0.5,
      testAUC: area, classAUC: ["Mass": area, "Hernia": nil], testDigest: "ab")
  }

  private func save(
    _ result: TargetResult, _ name: String, in folder: TemporaryFolder
  ) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file(name), withIntermediateDirectories: true)
    try result.write(to: folder.file(name + "/" + TargetResult.fileName))
  }
}
