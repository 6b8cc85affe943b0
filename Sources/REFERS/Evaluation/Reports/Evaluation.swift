import Diagnostics

/// How a classifier is evaluated.
public struct EvaluationOptions: Sendable {
  public var bootstrap = Bootstrap()
  /// The specificity at which sensitivity is given.
  public var specificity = 0.9
  public var rule = ThresholdRule.f1

  public init() {}
}

/// The figures of a classifier on one set of images.
public struct Evaluation: Codable, Equatable, Sendable {
  public let task: LabelTask
  public let images: Int
  public let classes: [ClassEvaluation]
  /// Plain means over the classes that have figures; nil where none has.
  public let mean: MeanFigures?
  /// The share of images whose most probable class is theirs, of those whose class is known; nil
  /// where an image may be of several classes.
  public let accuracy: Double?
  public let specificity: Double
  /// The rule of the thresholds; nil where all are 0.5, for want of a validation part.
  public let rule: ThresholdRule?
  /// The classes whose threshold is 0.5 all the same: one label value alone on the validation part.
  public let unchosenThresholds: [String]
  /// The labels that are not known.
  public let unknownLabels: Int

  /// The classes left out of the means: their labels have one value only.
  public var leftOut: [String] { classes.filter { $0.figures == nil }.map(\.name) }

  /// Evaluates predictions; this is all that is needed of them, wherever they come from.
  ///
  /// - Parameter validation: the same classifier's predictions on which thresholds are chosen; a
  ///   class whose labels have one value there keeps the threshold 0.5.
  /// - Throws: `Failure(.input)` where the two have other classes.
  /// - Cost: O(samples · images · classes) for the intervals.
  public init(
    of predictions: Predictions, validation: Predictions? = nil,
    options: EvaluationOptions = EvaluationOptions()
  ) throws {
    if let validation { try predictions.requireClasses(of: validation, "the validation part") }
    task = predictions.task
    images = predictions.images.count
    specificity = options.specificity
    rule = validation == nil ? nil : options.rule
    unknownLabels = predictions.labels.count { $0.isNaN }
    accuracy = predictions.shareOfRightClasses
    let intervals = ClassIntervals(of: predictions, bootstrap: options.bootstrap)
    let classes = predictions.classes.indices.map { place in
      ClassEvaluation(
        of: predictions, place: place, validation: validation, intervals: intervals,
        options: options)
    }
    self.classes = classes
    unchosenThresholds = classes.filter { validation != nil && !$0.hasChosenThreshold }
      .filter { $0.figures != nil }.map(\.name)
    mean = MeanFigures(classes.compactMap(\.figures), intervals: intervals)
  }
}

extension Predictions {
  /// - Throws: `Failure(.input)` where the other's task or classes are not these.
  func requireClasses(of other: Predictions, _ name: String) throws {
    guard task == other.task, classes == other.classes else {
      throw Failure(
        .input, "The predictions are of other classes than those of \(name).",
        remedy: "Give files of one target, their classes in one order.")
    }
  }

  /// - Throws: `Failure(.input)` where the other's classes, images or labels are not these.
  func requireImages(of other: Predictions, _ name: String) throws {
    try requireClasses(of: other, name)
    guard images.count == other.images.count else {
      throw Failure(
        .input,
        "There are predictions for \(images.count) images, but \(name) has \(other.images.count).",
        remedy: "Compare predictions on one test part.")
    }
    if let row = images.indices.first(where: { images[$0] != other.images[$0] }) {
      throw Failure(
        .input, "Image \(row + 1) is another one than that of \(name).",
        remedy: "Compare predictions on one test part, in one order.")
    }
    if let place = labels.indices.first(where: {
      labels[$0] != other.labels[$0] && !(labels[$0].isNaN && other.labels[$0].isNaN)
    }) {
      throw Failure(
        .input, "Image \(place / columns + 1) has another label than in \(name).",
        remedy: "Compare predictions made with the same labels.")
    }
  }

  /// The first of several classes that are as probable counts.
  fileprivate var shareOfRightClasses: Double? {
    guard task == .multiClass else { return nil }
    let known = images.indices.filter { !labels[$0].isNaN }
    let right = known.count { row in
      let values = probabilities[row * classes.count..<(row + 1) * classes.count]
      let best = values.max().flatMap { values.firstIndex(of: $0) }
      return best.map { Float($0 - row * classes.count) } == labels[row]
    }
    return known.isEmpty ? nil : Double(right) / Double(known.count)
  }
}
