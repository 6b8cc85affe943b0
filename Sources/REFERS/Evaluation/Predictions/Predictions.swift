import Diagnostics

/// What a classifier says of images, beside what is known of them.
public struct Predictions: Equatable, Sendable {
  public let task: LabelTask
  public let classes: [String]
  /// The name of each image in its table.
  public let images: [String]
  /// Images x classes, row by row, in 0 ... 1.
  public let probabilities: [Double]
  /// Images x ``columns``: 0 or 1 for each class, or the number of the class; NaN is not known.
  public let labels: [Float]

  /// The labels of an image: one for each class, or one alone where an image is of one class.
  public var columns: Int { task == .multiLabel ? classes.count : 1 }

  /// - Throws: `Failure(.input)` where counts do not agree, a class has no name of its own, a
  ///   probability is not in 0 ... 1, or a label is none of its task.
  public init(
    task: LabelTask, classes: [String], images: [String],
    probabilities: some Collection<some BinaryFloatingPoint>, labels: [Float]
  ) throws {
    self.task = task
    self.classes = classes
    self.images = images
    self.probabilities = probabilities.map { Double($0) }
    self.labels = labels
    try checkShape()
    try checkValues()
  }

  /// The probability of one class for every image.
  public func scores(of place: Int) -> [Double] {
    images.indices.map { probabilities[$0 * classes.count + place] }
  }

  /// Whether each image is of one class: 1, 0, or NaN where that is not known.
  public func labels(of place: Int) -> [Float] {
    if task == .multiLabel { return images.indices.map { labels[$0 * classes.count + place] } }
    return labels.map { $0.isNaN ? .nan : $0 == Float(place) ? 1 : 0 }
  }

  /// The area under each class's curve, one class against the rest; nil for a class whose labels
  /// have one value.
  public func classAreas() -> [Double?] {
    classes.indices.map {
      AreaUnderCurve.value(scores: scores(of: $0), labels: labels(of: $0))
    }
  }

  private func checkShape() throws {
    guard !images.isEmpty else {
      throw Failure(.input, "There are no predictions.", remedy: "Is the test part empty?")
    }
    try task.requireNames(classes)
    guard probabilities.count == images.count * classes.count,
      labels.count == images.count * columns
    else {
      throw Failure(
        .shape,
        "There are \(probabilities.count) probabilities and \(labels.count) labels for "
          + "\(images.count) images and \(classes.count) classes.")
    }
  }

  private func checkValues() throws {
    if let place = probabilities.firstIndex(where: { !(0...1).contains($0) }) {
      let (row, column) = place.quotientAndRemainder(dividingBy: classes.count)
      throw Failure(
        .input,
        "The probability of \(classes[column]) for image \(row + 1) is \(probabilities[place]).",
        remedy: "It must be from 0 to 1.")
    }
    let highest = task == .multiLabel ? 1 : Float(classes.count - 1)
    if let place = labels.firstIndex(where: {
      !$0.isNaN && !($0 >= 0 && $0 <= highest && $0.rounded() == $0)
    }) {
      throw Failure(
        .input, "A label of image \(place / columns + 1) is \(labels[place]).",
        remedy: task == .multiLabel ? "It must be 0 or 1." : "It must be the number of a class.")
    }
  }
}
