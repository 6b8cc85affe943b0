import Determinism

/// Divides patients by a hash of their names and a seed: all images of one stay together.
enum PatientSplit {
  /// A number in [0, 1) for each patient, the same whatever patients there are besides.
  static func draws(of patients: some Sequence<String>, seed: UInt64) -> [String: Float] {
    let base = CounterRandom(seed: seed, RandomPurpose.split.rawValue)
    var draws: [String: Float] = [:]
    for patient in patients where draws[patient] == nil {
      var random = base.part(CounterRandom.word(patient))
      draws[patient] = random.uniform()
    }
    return draws
  }

  /// About a tenth of the patients for validation, at least one where there are two.
  static func holdingOutATenth(of studies: [Study], seed: UInt64) -> [Study] {
    let draws = draws(of: studies.map(\.patient), seed: seed)
    let order = ranked(draws)
    let (lowest, highest) = (order.first, order.last)
    return studies.map { study in
      let isHeldOut =
        draws.count > 1 && study.patient != highest
        && (draws[study.patient] ?? 1 < 0.1 || study.patient == lowest)
      return Study(
        identifier: study.identifier, patient: study.patient, radiographs: study.radiographs,
        split: isHeldOut ? .validate : .train, place: study.place)
    }
  }

  /// The part of each patient.
  ///
  /// - Parameter shares: the share of the patients that each part but training gets; it is rounded
  ///   to whole patients, at least one. The others are for training.
  static func parts(
    of patients: some Sequence<String>, shares: [(part: StudySplit, share: Double)], seed: UInt64
  ) -> [String: StudySplit] {
    let order = ranked(draws(of: patients, seed: seed))
    var parts: [String: StudySplit] = [:]
    var next = 0
    for (part, share) in shares {
      let end = min(order.count, next + max(1, Int((share * Double(order.count)).rounded())))
      for patient in order[next..<end] { parts[patient] = part }
      next = end
    }
    for patient in order[next...] { parts[patient] = .train }
    return parts
  }

  /// The patients by what was drawn for them, then by name.
  private static func ranked(_ draws: [String: Float]) -> [String] {
    draws.sorted {
      $0.value == $1.value
        ? $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) : $0.value < $1.value
    }.map(\.key)
  }
}
