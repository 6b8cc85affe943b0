import Diagnostics
import Foundation
import Tensors

/// A linear head fitted to features that are computed once: logistic regression on standardised
/// features, for each class by itself or over all of them.
///
/// The standardisation is folded into weight and bias, so that they are those of a classifier's
/// head. The result depends on the numbers alone, not on threads.
public struct LinearProbe: Sendable {
  /// Images with features and labels.
  public struct Examples: Sendable {
    /// Images x width.
    public let features: [Float]
    /// Images x classes of 0 and 1, or the number of each image's class; NaN is not known.
    public let labels: [Float]

    public init(features: [Float], labels: [Float]) {
      self.features = features
      self.labels = labels
    }
  }

  /// [classes, width], as the head of a classifier.
  public let weight: [Float]
  public let bias: [Float]
  /// λ, that of the list with the highest mean AUC on the validation images.
  public let penalty: Double
  /// The mean AUC on the validation images over the classes that have one; nil where none has.
  public let validationAUC: Double?
  /// Classes whose training labels have one value only: they are given that share, whatever the
  /// image.
  public let constantClasses: [Int]

  /// From strong to weak: of equal ones the stronger is taken.
  public static let penalties: [Double] = [10, 1, 0.1, 0.01, 1e-3, 1e-4]

  /// Fits the head for each λ, each from where the last one ended.
  ///
  /// - Throws: `Failure(.input)` where no image has a label; `.shape` where counts do not agree;
  ///   `.numerics` where a feature is not finite.
  /// - Cost: some hundred passes over the training features for each λ and class.
  public static func fit(
    training: Examples, validation: Examples, width: Int, task: LabelTask, classes: Int,
    penalties: [Double] = penalties, team: ThreadTeam = ThreadTeam(count: 1)
  ) throws -> LinearProbe {
    for examples in [training, validation] {
      try check(examples, width: width, columns: task == .multiLabel ? classes : 1, classes)
    }
    let scale = FeatureScale(training.features, width: width)
    let features = scale.standardised(training.features)
    let parts = ProbePart.parts(of: training.labels, task: task, classes: classes)
    guard parts.contains(where: { !$0.rows.isEmpty }) else {
      throw Failure(
        .input, "No training image has a label.",
        remedy: "See that the table of labels is the one of these images.")
    }
    let heldOut = scale.standardised(validation.features)
    var points = parts.map(\.start)
    var best: LinearProbe?
    for penalty in penalties {
      let before = points
      points.withUnsafeMutableBufferPointer { points in
        nonisolated(unsafe) let points = points
        team.forEach(parts.count) { index, _ in
          points[index] = parts[index].fit(
            features, width: width, penalty: penalty, from: before[index])
        }
      }
      let head = StandardHead(parts, points, width: width, classes: classes)
      let area = head.meanArea(heldOut, labels: validation.labels, task: task)
      guard best == nil || area ?? -1 > best?.validationAUC ?? -1 else { continue }
      let (weight, bias) = scale.folded(head)
      best = LinearProbe(
        weight: weight, bias: bias, penalty: penalty, validationAUC: area,
        constantClasses: parts.flatMap(\.constantClasses).sorted())
    }
    guard let best else {
      throw Failure(.configuration, "No penalty was given.", remedy: "Give one or more.")
    }
    return best
  }

  /// What the head answers for features, images x classes, before sigmoid or softmax.
  public func logits(_ features: [Float], width: Int) -> [Float] {
    stride(from: 0, to: features.count, by: width).flatMap { row in
      bias.indices.map { output in
        (0..<width).reduce(bias[output]) { $0 + weight[output * width + $1] * features[row + $1] }
      }
    }
  }

  private static func check(
    _ examples: Examples, width: Int, columns: Int, _ classes: Int
  ) throws {
    guard width > 0, classes > 0, examples.features.count.isMultiple(of: width),
      examples.labels.count == examples.features.count / width * columns
    else {
      throw Failure(
        .shape,
        "\(examples.features.count) features and \(examples.labels.count) labels are not of the "
          + "same images, \(width) and \(columns) for each.")
    }
    if let place = examples.features.firstIndex(where: { !$0.isFinite }) {
      throw Failure(
        .numerics, "A feature of image \(place / width) is not finite.",
        remedy: "Take another checkpoint.")
    }
    let highest = columns == 1 && classes > 1 ? Float(classes - 1) : 1
    guard
      examples.labels.allSatisfy({ $0.isNaN || (0...highest).contains($0) && $0 == $0.rounded() })
    else {
      throw Failure(.input, "A label is not a whole number from 0 to \(Int(highest)).")
    }
  }
}
