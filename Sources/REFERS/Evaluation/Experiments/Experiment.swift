import Diagnostics
import Foundation

/// The finished fine-tuning runs below a folder, by target, method and share of labels.
public struct Experiment: Sendable {
  /// The runs of one method with one share of the labels, in the order of draws and seeds.
  public struct Cell: Sendable {
    public let method: String
    public let labelRatio: Double
    public let runs: [TargetResult]

    /// The mean areas of the test part; runs in which no class has one are left out.
    public var areas: [Double] { runs.compactMap(\.testAUC) }
  }

  /// All that was measured on the same test images with the same labels.
  public struct Target: Sendable {
    /// The set's; with a number behind it where runs of it were tested on unequal parts.
    public let name: String
    public let classes: [String]
    public let testImages: Int
    /// The method the others are compared with comes first.
    public let methods: [String]
    public let labelRatios: [Double]
    public let cells: [Cell]

    public func cell(_ method: String, _ labelRatio: Double) -> Cell? {
      cells.first { $0.method == method && $0.labelRatio == labelRatio }
    }
  }

  public let targets: [Target]
  /// What a person should know of how runs were grouped.
  public let notices: [String]

  /// The method that others are compared with where it is there and none is named.
  private static let usualReference = "REFERS"

  /// Reads every result.json below a folder.
  ///
  /// Of runs that differ in the learning rate alone, the one that is best on validation counts. Runs
  /// that were tested on other images, or with other labels, stand apart.
  ///
  /// - Parameter reference: the method the others are compared with; nil for REFERS.
  /// - Throws: `Failure(.input)` where there is none, one cannot be read, or two are of the same
  ///   run; `Failure(.configuration)` where no run is of the reference that is named.
  public init(directory: String, reference: String? = nil) throws {
    try self.init(Self.results(below: directory), reference: reference)
  }

  /// - Parameter results: with the path of each, for errors.
  package init(
    _ results: [(path: String, result: TargetResult)], reference: String? = nil
  ) throws {
    let chosen = try Self.chosen(results)
    let methods = Set(chosen.map(\.methodName)).sorted(by: precedes)
    let first = Self.names(of: reference ?? Self.usualReference)
    if let reference, Set(first).isDisjoint(with: methods) {
      throw LabelTable.missing(reference, among: methods, what: "method")
    }
    var targets: [Target] = []
    var notices: [String] = []
    let sets = Dictionary(grouping: chosen) { [$0.target] + $0.classes }
    for (set, runs) in sets.sorted(by: { $0.key.lexicographicallyPrecedes($1.key, by: precedes) }) {
      var parts: [[TargetResult]] = []
      for run in runs {
        if let place = parts.firstIndex(where: { $0[0].testPart == run.testPart }) {
          parts[place].append(run)
        } else {
          parts.append([run])
        }
      }
      for (number, part) in parts.enumerated() {
        let name = parts.count > 1 ? "\(set[0]), test part \(number + 1)" : set[0]
        targets.append(Target(name: name, part, first: first))
      }
      if parts.count > 1 {
        notices.append(
          "Runs of \(set[0]) were tested on \(parts.count) unequal parts and are not compared "
            + "across them: they are of other tables or, where patients are divided by it, seeds.")
      }
    }
    self.targets = targets
    self.notices = notices
  }

  /// A method and its linear probe.
  private static func names(of method: String) -> [String] {
    [method, TargetResult.probe(of: method)]
  }

  private static func results(
    below directory: String
  ) throws -> [(path: String, result: TargetResult)] {
    var paths: [String] = []
    let walker = FileManager.default.enumerator(atPath: directory)
    while let path = walker?.nextObject() as? String {
      if PathName(path).last == TargetResult.fileName { paths.append(path) }
    }
    guard !paths.isEmpty else {
      throw Failure(
        .input, "There is no \(TargetResult.fileName) below \(directory).",
        remedy: "Name a folder that holds the folders of finished fine-tuning runs.")
    }
    return try paths.sorted(by: precedes).map {
      let path = directory + "/" + $0
      return (path, try TargetResult(contentsOf: path))
    }
  }

  private struct Key: Hashable {
    let target, method, testPart: String
    let classes: [String]
    let labelRatio: Double
    let draw, seed: Int

    init(_ result: TargetResult) {
      (target, method, testPart) = (result.target, result.methodName, result.testPart)
      (classes, labelRatio) = (result.classes, result.labelRatio)
      (draw, seed) = (result.draw, result.seed)
    }
  }

  private static func chosen(
    _ results: [(path: String, result: TargetResult)]
  ) throws -> [TargetResult] {
    var best: [Key: Int] = [:]
    var rates: [Key: [Double?: String]] = [:]
    for (place, (path, result)) in results.enumerated() {
      let key = Key(result)
      if let other = rates[key]?.updateValue(path, forKey: result.learningRate) {
        throw Failure(
          .input, "\(other) and \(path) are results of the same run.",
          remedy: "Keep one of them below the folder.")
      }
      rates[key, default: [:]][result.learningRate] = path
      if let present = best[key],
        results[present].result.validationScore >= result.validationScore
      {
        continue
      }
      best[key] = place
    }
    return best.values.sorted().map { results[$0].result }
  }
}

extension Experiment.Target {
  /// - Parameters:
  ///   - runs: at least one, all tested on the same.
  ///   - first: the methods that stand first, where they are there.
  fileprivate init(name: String, _ runs: [TargetResult], first: [String]) {
    self.name = name
    classes = runs[0].classes
    testImages = runs[0].testImages
    let all = Set(runs.map(\.methodName)).sorted(by: precedes)
    methods = first.filter(all.contains) + all.filter { !first.contains($0) }
    let ratios = Set(runs.map(\.labelRatio)).sorted()
    labelRatios = ratios
    cells = methods.flatMap { method in
      ratios.compactMap { ratio in
        let members = runs.filter { $0.methodName == method && $0.labelRatio == ratio }
          .sorted { ($0.draw, $0.seed) < ($1.draw, $1.seed) }
        return members.isEmpty
          ? nil : Experiment.Cell(method: method, labelRatio: ratio, runs: members)
      }
    }
  }
}

extension TargetResult {
  /// What was tested on; results before there was a digest are told apart by its size.
  fileprivate var testPart: String { testDigest ?? "\(testImages)" }
}
