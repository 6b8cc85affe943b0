import Diagnostics

extension LabelTask {
  /// The columns of a file of predictions: the image, the probability of each class, and the label
  /// of each, or the name of the one class that is true.
  func predictionColumns(_ classes: [String]) -> [String] {
    ["image"] + classes + (self == .multiLabel ? classes.map { "label:" + $0 } : ["label"])
  }

  /// - Throws: `Failure(.input)` for a class without a name, and for names that would not tell the
  ///   columns of predictions apart.
  func requireNames(_ classes: [String]) throws {
    let columns = predictionColumns(classes)
    guard !classes.isEmpty, !classes.contains(""), Set(columns).count == columns.count else {
      throw Failure(
        .input, "The classes have no names of their own: \(classes.joined(separator: ", ")).",
        remedy: "Give each another name, and none of them `image`, `label` or `label:` before "
          + "that of another.")
    }
  }
}
