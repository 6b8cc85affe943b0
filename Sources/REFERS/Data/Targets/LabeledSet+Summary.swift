extension LabeledSet {
  /// What the labels were taken for: the task, and for each class the number of its images.
  ///
  /// Such as "manifest: 120 images; positive: effusion 30 of 118, mass 4 of 120", or "manifest: 90
  /// images, each of one of 3 classes: bacterial 30, normal 30, viral 30".
  public var summary: String {
    let images = LabelTable.counted(count, "image", "").trimmed
    switch task {
    case .multiLabel:
      let counts = classes.indices.map { place in
        let known = studies.indices.lazy.map { labels[$0 * columns + place] }.filter { !$0.isNaN }
        return "\(classes[place]) \(known.filter { $0 == 1 }.count) of \(known.count)"
      }
      return "\(name): \(images); positive: \(counts.joined(separator: ", "))"
    case .multiClass:
      let counts = classes.indices.map { place in
        "\(classes[place]) \(labels.lazy.filter { $0 == Float(place) }.count)"
      }
      return "\(name): \(images), each of one of \(classes.count) classes: "
        + counts.joined(separator: ", ")
    }
  }
}
