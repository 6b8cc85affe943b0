import Foundation

/// What is fitted at once: one class against its absence, or the softmax over all classes.
struct ProbePart {
  /// The classes, and for each the place among those that are fitted; nil where there is nothing
  /// to learn.
  let classes: [Int]
  private let places: [Int?]
  /// The training images with a label.
  let rows: [Int]
  private let labels: [Int]
  /// Numbers that the fitted classes answer with.
  private let outputs: Int
  /// Biases of the classes that are not fitted.
  private let constants: [Double]

  var constantClasses: [Int] { zip(classes, places).filter { $1 == nil }.map(\.0) }

  /// One part for each class, or one for all.
  static func parts(of labels: [Float], task: LabelTask, classes: Int) -> [ProbePart] {
    switch task {
    case .multiLabel:
      return (0..<classes).map { column in
        let own = stride(from: column, to: labels.count, by: classes).map { labels[$0] }
        return ProbePart(binary: own, of: column)
      }
    case .multiClass: return [ProbePart(softmax: labels, classes: classes)]
    }
  }

  private init(binary labels: [Float], of column: Int) {
    rows = labels.indices.filter { !labels[$0].isNaN }
    self.labels = rows.map { Int(labels[$0]) }
    classes = [column]
    let positives = Double(self.labels.reduce(0, +))
    let negatives = Double(rows.count) - positives
    places = [positives > 0 && negatives > 0 ? 0 : nil]
    outputs = 1
    // No evidence for the other value is no proof of it: half an image of each is added.
    constants = [log((positives + 0.5) / (negatives + 0.5))]
  }

  private init(softmax labels: [Float], classes: Int) {
    rows = labels.indices.filter { !labels[$0].isNaN }
    let own = rows.map { Int(labels[$0]) }
    let present = Set(own).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
    self.classes = Array(0..<classes)
    places = (0..<classes).map { present.count > 1 ? numbers[$0] : nil }
    self.labels = own.map { numbers[$0] ?? 0 }
    outputs = present.count
    let count = Double(max(1, rows.count))
    constants = (0..<classes).map { present.count == 1 && present[0] == $0 ? 0 : -log(2 * count) }
  }

  /// Zeros, as many as are fitted.
  var start: [Double] { [] }

  /// The point of least loss with this penalty.
  func fit(_ features: [Double], width: Int, penalty: Double, from start: [Double]) -> [Double] {
    guard places.contains(where: { $0 != nil }) else { return [] }
    var own = features
    if rows.count * width != features.count {
      own = []
      own.reserveCapacity(rows.count * width)
      for row in rows { own += features[row * width..<(row + 1) * width] }
    }
    let loss = LogisticLoss(
      features: own, width: width, labels: labels, outputs: outputs, penalty: penalty)
    return LBFGS().minimum(
      of: { loss($0) },
      from: start.isEmpty ? [Double](repeating: 0, count: loss.count) : start)
  }

  /// Weight and bias of a class at a point.
  func head(of place: Int, at point: [Double], width: Int) -> (weight: [Double], bias: Double) {
    guard let output = places[place], !point.isEmpty else {
      let biases = places.compactMap(\.self).map { point[outputs * width + $0] }
      return (
        [Double](repeating: 0, count: width), constants[place] + (biases.min() ?? 0)
      )
    }
    return (
      Array(point[output * width..<(output + 1) * width]), point[outputs * width + output]
    )
  }
}

/// A head over standardised features.
struct StandardHead {
  /// [classes, width].
  let weight: [Double]
  let bias: [Double]
  private let width: Int

  init(_ parts: [ProbePart], _ points: [[Double]], width: Int, classes: Int) {
    var weight = [Double](repeating: 0, count: classes * width)
    var bias = [Double](repeating: 0, count: classes)
    for (part, point) in zip(parts, points) {
      for (place, name) in part.classes.enumerated() {
        let own = part.head(of: place, at: point, width: width)
        weight.replaceSubrange(name * width..<(name + 1) * width, with: own.weight)
        bias[name] = own.bias
      }
    }
    self.weight = weight
    self.bias = bias
    self.width = width
  }

  /// The mean over the classes of the area under the curve, each against all others.
  func meanArea(_ features: [Double], labels: [Float], task: LabelTask) -> Double? {
    let classes = bias.count
    var logits = features.withUnsafeBufferPointer { features in
      weight.withUnsafeBufferPointer { weight in
        stride(from: 0, to: features.count, by: width).map { row in
          bias.indices.map { output in
            dot(
              UnsafeBufferPointer(rebasing: features[row..<row + width]),
              UnsafeBufferPointer(rebasing: weight[output * width..<(output + 1) * width]))
              + bias[output]
          }
        }
      }
    }
    if task == .multiClass {
      logits = logits.map { row in
        let top = row.max() ?? 0
        let sum = row.reduce(0) { $0 + exp($1 - top) }
        return row.map { exp($0 - top) / sum }
      }
    }
    let areas = (0..<classes).map { output in
      AreaUnderCurve.value(
        scores: logits.map { $0[output] },
        labels: logits.indices.map { row -> Float in
          if task == .multiLabel { return labels[row * classes + output] }
          return labels[row].isNaN ? .nan : labels[row] == Float(output) ? 1 : 0
        })
    }
    return ClassMean(areas).value
  }
}
