/// The first method of a target against another, with one share of the labels.
public struct MethodDifference: Codable, Sendable {
  public let method: String
  public let labelRatio: Double
  /// The first method's mean area less this one's.
  public let difference: Double
  /// Over independent runs, as in the paper.
  public let test: TTest?
  /// Over the draws and seeds that both have.
  public let paired: TTest?
}

extension Experiment.Target {
  /// Nil where one of them has no run.
  public func difference(_ other: String, _ ratio: Double) -> MethodDifference? {
    guard let own = methods.first.flatMap({ cell($0, ratio) }), let cell = cell(other, ratio),
      let first = Spread(own.areas), let second = Spread(cell.areas)
    else { return nil }
    let pairs = own.runs.compactMap { run -> (Double, Double)? in
      let same = cell.runs.first { $0.draw == run.draw && $0.seed == run.seed }
      guard let a = run.testAUC, let b = same?.testAUC else { return nil }
      return (a, b)
    }
    return MethodDifference(
      method: other, labelRatio: ratio, difference: first.mean - second.mean,
      test: TTest.independent(own.areas, cell.areas),
      paired: TTest.paired(pairs.map(\.0), pairs.map(\.1)))
  }
}

/// An experiment as JSON: for each target its cells and differences.
public struct ExperimentSummary: Codable, Sendable {
  public struct Cell: Codable, Sendable {
    public let method: String
    public let labelRatio: Double
    public let auc: Spread?
    public let areas: [Double]
    public let classAuc: [String: Spread]
  }

  public struct Target: Codable, Sendable {
    public let target: String
    public let testImages: Int
    public let cells: [Cell]
    public let differences: [MethodDifference]
  }

  public let targets: [Target]

  public init(_ experiment: Experiment) {
    targets = experiment.targets.map { target in
      Target(
        target: target.name, testImages: target.testImages,
        cells: target.cells.map { cell in
          let classes = target.classes.compactMap { name in
            Spread(cell.runs.compactMap { $0.classAUC[name] ?? nil }).map { (name, $0) }
          }
          return Cell(
            method: cell.method, labelRatio: cell.labelRatio, auc: Spread(cell.areas),
            areas: cell.areas,
            classAuc: Dictionary(classes, uniquingKeysWith: { first, _ in first }))
        },
        differences: target.methods.dropFirst().flatMap { method in
          target.labelRatios.compactMap { target.difference(method, $0) }
        })
    }
  }
}
