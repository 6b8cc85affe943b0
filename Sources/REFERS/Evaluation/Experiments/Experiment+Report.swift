import Foundation

extension Experiment {
  /// Tables in the form of the paper's Tables 1 and 2, and areas by class.
  public var report: ReportText {
    var text = ReportText()
    for target in targets {
      text.append(target.report)
      for ratio in target.labelRatios { text.append(target.classReport(ratio)) }
    }
    for notice in notices { text.sentence(notice) }
    return text
  }
}

extension Experiment.Target {
  /// Rows of methods and of p values, a column for each share of labels.
  var report: ReportText {
    var text = ReportText()
    text.heading(
      "\(name): \(classes.count > 3 ? "\(classes.count) classes" : classes.joined(separator: ", "))"
    )
    var table = TextTable(["AUC x 100"] + labelRatios.map(Self.percentage))
    for method in methods {
      table.add(
        [method]
          + labelRatios.map { FigureFormat.percent(cell(method, $0).flatMap { Spread($0.areas) }) })
    }
    for other in comparedMethods {
      table.add(["p, \(methods[0]) against \(other)"] + values(other, \.test?.p))
    }
    for other in comparedMethods {
      table.add(["p, paired draws, against \(other)"] + values(other, \.paired?.p))
    }
    text.table(table)
    text.sentence(
      "Mean ± deviation of the mean area over classes on \(testImages) test images; runs: \(runs). "
        + "p is that of Student's two-sided t-test over runs: of independent samples as in the "
        + "paper, and paired where both methods had the same draws.")
    return text
  }

  /// Areas by class for one share of the labels.
  func classReport(_ ratio: Double) -> ReportText {
    var text = ReportText()
    guard classes.count > 1 else { return text }
    let present = methods.filter { cell($0, ratio) != nil }
    text.heading("\(name), \(Self.percentage(ratio)) of the labels, by class")
    var table = TextTable(["AUC x 100"] + present)
    var leftOut: [String] = []
    for name in classes {
      let areas = present.map { method in
        cell(method, ratio)?.runs.compactMap { $0.classAUC[name] ?? nil } ?? []
      }
      if areas.allSatisfy(\.isEmpty) { leftOut.append(name) }
      table.add([name] + areas.map { FigureFormat.percent(Spread($0)) })
    }
    text.table(table)
    if !leftOut.isEmpty {
      text.sentence("Left out, their labels having one value: \(leftOut.joined(separator: ", ")).")
    }
    return text
  }

  private var comparedMethods: ArraySlice<String> { methods.dropFirst() }

  private func values(
    _ other: String, _ p: (MethodDifference) -> Double?
  ) -> [String] {
    labelRatios.map { FigureFormat.p(difference(other, $0).flatMap(p)) }
  }

  private var runs: String {
    methods.map { method in
      let counts = labelRatios.map { cell(method, $0)?.runs.count ?? 0 }
      return "\(method) " + counts.map { "\($0)" }.joined(separator: ", ")
    }.joined(separator: "; ")
  }

  static func percentage(_ ratio: Double) -> String { String(format: "%g %%", 100 * ratio) }
}
