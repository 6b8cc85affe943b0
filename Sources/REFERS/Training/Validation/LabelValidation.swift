import Foundation

/// Validates a classifier: its loss and the areas under the curves of its classes, over all images.
struct LabelValidation: Validation {
  let subject: LabelSubject
  let inference: ImageInference

  func callAsFunction() throws -> ValidationResult {
    let images = subject.validation
    let predictions = try subject.predictions(of: images, inference)
    let areas = predictions.classAreas()
    let loss = Self.loss(predictions)
    let mean = ClassMean(areas).value
    var measures: [Measure] = []
    if let mean { measures.append(Measure("auc", mean, text: "AUC \(Self.rounded(mean))")) }
    if areas.count > 1 {
      for (name, area) in zip(predictions.classes, areas) {
        if let area { measures.append(Measure("auc_\(Self.key(name))", area)) }
      }
    }
    // Without two labels of any class there is nothing but the loss to go by.
    return ValidationResult(
      losses: Losses(total: loss), score: mean ?? -loss, measures: measures,
      studies: images.count)
  }

  /// The mean cross-entropy over all known labels, in nats.
  static func loss(_ predictions: Predictions) -> Double {
    var sum = 0.0
    var known = 0
    func add(_ probability: Double) {
      sum -= log(max(probability, 1e-12))
      known += 1
    }
    let classes = predictions.classes.count
    for row in predictions.images.indices {
      for place in 0..<predictions.columns {
        let label = predictions.labels[row * predictions.columns + place]
        guard !label.isNaN else { continue }
        if predictions.task == .multiClass {
          add(predictions.probabilities[row * classes + Int(label)])
        } else {
          let probability = predictions.probabilities[row * classes + place]
          add(label > 0 ? probability : 1 - probability)
        }
      }
    }
    return sum / Double(max(1, known))
  }

  /// A name as metrics and tags have it: letters and digits, others as underscores.
  static func key(_ name: String) -> String {
    String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  static func rounded(_ area: Double) -> String {
    let places = String(Int((area * 10_000).rounded()) % 10_000)
    return area >= 0.99995
      ? "1.0000" : "0." + String(repeating: "0", count: 4 - places.count) + places
  }
}
