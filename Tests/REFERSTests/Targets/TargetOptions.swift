import REFERS

/// The settings of a target.
func targetOptions(
  _ path: String, _ change: (inout Configuration.Target) -> Void = { _ in }
) -> Configuration.Target {
  var options = Configuration().target
  options.path = path
  change(&options)
  return options
}

extension LabeledSet {
  /// The labels of one class by image, NaN where not known.
  func column(_ name: String) -> [Float] {
    guard let place = classes.firstIndex(of: name) else { return [] }
    return studies.indices.map { Array(labels(of: $0))[place] }
  }

  /// The number of images of each part: train, validate, test.
  var sizes: [Int] { StudySplit.allCases.map { indices(of: [$0]).count } }

  /// The parts that a patient is in, for each patient.
  var partsOfPatients: [String: Set<StudySplit>] {
    Dictionary(grouping: studies, by: \.patient).mapValues { Set($0.map(\.split)) }
  }
}
