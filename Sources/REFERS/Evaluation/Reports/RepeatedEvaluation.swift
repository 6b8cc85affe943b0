/// One method, evaluated once for each of its runs.
public struct RepeatedEvaluation: Encodable, Equatable, Sendable {
  /// A class, or the mean over classes, over the runs in which it has figures.
  public struct Row: Encodable, Equatable, Sendable {
    public let name: String
    public let auc: Spread
    public let averagePrecision: Spread
    public let sensitivityAtSpecificity: Spread
    public let brier: Spread
    public let calibrationError: Spread
    public let accuracy: Spread
    public let f1: Spread
  }

  public let runs: [Evaluation]
  public let classes: [Row]
  public let mean: Row?

  private enum CodingKeys: CodingKey { case classes, mean }

  /// Runs of the same classes.
  public init(_ runs: [Evaluation]) {
    self.runs = runs
    let names = runs.first?.classes.map(\.name) ?? []
    classes = names.indices.compactMap { place in
      Row(
        name: names[place],
        runs.compactMap { $0.classes[place].figures.map { Row.Values(of: $0) } })
    }
    mean = Row(name: "mean", runs.compactMap { $0.mean.map { Row.Values(of: $0) } })
  }

  /// A table with mean and deviation of every figure.
  public var report: ReportText {
    var text = ReportText()
    guard let first = runs.first else { return text }
    var table = TextTable([
      "\(runs.count) runs", "AUC", "AP", "sens@\(first.specificity)", "Brier", "ECE",
      "accuracy", "F1",
    ])
    let means = classes.count > 1 ? mean.map { [$0] } ?? [] : []
    for row in classes + means {
      let spreads = [
        row.auc, row.averagePrecision, row.sensitivityAtSpecificity, row.brier,
        row.calibrationError, row.accuracy, row.f1,
      ]
      table.add([row.name] + spreads.map { FigureFormat.spread($0) })
    }
    text.table(table)
    text.sentence("Mean ± deviation over the runs (n − 1).")
    for note in first.notes.filter({ !$0.hasPrefix("The most probable") }) { text.sentence(note) }
    return text
  }
}

extension RepeatedEvaluation.Row {
  /// The figures that a class and the mean over classes have in common.
  fileprivate struct Values {
    let figures: [Double]

    init(of class: ClassFigures) {
      figures = [
        `class`.auc, `class`.averagePrecision, `class`.sensitivityAtSpecificity, `class`.brier,
        `class`.calibrationError, `class`.accuracy, `class`.f1,
      ]
    }

    init(of mean: MeanFigures) {
      figures = [
        mean.auc, mean.averagePrecision, mean.sensitivityAtSpecificity, mean.brier,
        mean.calibrationError, mean.accuracy, mean.f1,
      ]
    }
  }

  fileprivate init?(name: String, _ values: [Values]) {
    let spreads = (0..<7).compactMap { place in Spread(values.map { $0.figures[place] }) }
    guard spreads.count == 7 else { return nil }
    self.init(
      name: name, auc: spreads[0], averagePrecision: spreads[1],
      sensitivityAtSpecificity: spreads[2], brier: spreads[3], calibrationError: spreads[4],
      accuracy: spreads[5], f1: spreads[6])
  }
}
