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

  /// All that was measured on one set of labelled images with the same classes.
  public struct Target: Sendable {
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

  /// Reads every result.json below a folder.
  ///
  /// Of runs that differ in the learning rate alone, the one with the highest validation area counts.
  /// - Parameter reference: the method the others are compared with.
  /// - Throws: `Failure(.input)` where there is none, one cannot be read, two are of the same run,
  ///   or runs of one target were tested on unequal parts.
  public init(directory: String, reference: String = "REFERS") throws {
    try self.init(Self.results(below: directory), reference: reference)
  }

  /// - Parameter results: with the path of each, for errors.
  package init(_ results: [(path: String, result: TargetResult)], reference: String) throws {
    let chosen = try Self.chosen(results)
    var groups: [[String]: [(path: String, result: TargetResult)]] = [:]
    for item in chosen {
      groups[[item.result.target] + item.result.classes, default: []].append(item)
    }
    targets = try groups.sorted { $0.key.lexicographicallyPrecedes($1.key, by: precedes) }.map {
      try Target(name: $1[0].result.target, $1, reference: reference)
    }
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
    let target, method: String
    let classes: [String]
    let labelRatio: Double
    let draw, seed: Int

    init(_ result: TargetResult) {
      (target, method, labelRatio) = (result.target, result.method, result.labelRatio)
      (classes, draw, seed) = (result.classes, result.draw, result.seed)
    }
  }

  private static func chosen(
    _ results: [(path: String, result: TargetResult)]
  ) throws -> [(path: String, result: TargetResult)] {
    var best: [Key: Int] = [:]
    var rates: [Key: [Double: String]] = [:]
    for (place, (path, result)) in results.enumerated() {
      let key = Key(result)
      if let other = rates[key]?.updateValue(path, forKey: result.learningRate) {
        throw Failure(
          .input, "\(other) and \(path) are results of the same run.",
          remedy: "Keep one of them below the folder.")
      }
      rates[key, default: [:]][result.learningRate] = path
      let value = result.validationAUC ?? -1
      if let present = best[key], results[present].result.validationAUC ?? -1 >= value { continue }
      best[key] = place
    }
    return best.values.sorted().map { results[$0] }
  }
}

extension Experiment.Target {
  fileprivate init(
    name: String, _ results: [(path: String, result: TargetResult)], reference: String
  ) throws {
    let first = results[0]
    for (path, result) in results
    where result.testImages != first.result.testImages {
      throw Failure(
        .input,
        "\(path) was tested on \(result.testImages) images, \(first.path) on "
          + "\(first.result.testImages).",
        remedy: "Compare runs on one test part.")
    }
    let runs = results.map(\.result)
    self.name = name
    classes = first.result.classes
    testImages = first.result.testImages
    let others = Set(runs.map(\.method)).sorted(by: precedes)
    methods = others.filter { $0 == reference } + others.filter { $0 != reference }
    labelRatios = Set(runs.map(\.labelRatio)).sorted()
    cells = methods.flatMap { method in
      Set(runs.map(\.labelRatio)).sorted().compactMap { ratio in
        let members = runs.filter { $0.method == method && $0.labelRatio == ratio }
          .sorted { ($0.draw, $0.seed) < ($1.draw, $1.seed) }
        return members.isEmpty
          ? nil : Experiment.Cell(method: method, labelRatio: ratio, runs: members)
      }
    }
  }
}
