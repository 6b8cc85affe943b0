import Diagnostics

extension LabelTable {
  /// The shares of a set that is divided by patient; the rest is for training (REFERS sec. 8.2).
  private static let shares: [(part: StudySplit, share: Double)] = [(.validate, 0.1), (.test, 0.2)]
  /// The share of published training patients that are for validation where no list is: with it,
  /// parts are 70, 10 and 20 % again.
  private static let validationOfTraining = 0.125

  /// Gives each image its part, as `options.splits` asks.
  ///
  /// Published parts count where there are any: lists, or a column that names more than one or, for
  /// testing, the test part alone. Where they have none for validation, an eighth of the training
  /// patients is taken.
  ///
  /// - Throws: `Failure(.input)` where a part is empty that its use needs, or a patient is in two
  ///   and may not be.
  mutating func divide(
    _ options: Configuration.Target, seed: UInt64, for use: LabeledSet.Use = .training
  ) throws {
    let published = Set(rows.lazy.compactMap(\.split))
    let isPublished: Bool
    switch options.splits {
    case .all:
      for row in rows.indices { rows[row].split = .test }
      return try checkParts(for: use, isPublished: false)
    case .patient: isPublished = false
    case .published: isPublished = true
    case .auto:
      isPublished = hasLists || published.count > 1 || (use == .testing && published == [.test])
    }
    if isPublished {
      guard hasLists || !published.isEmpty || rows.isEmpty else {
        throw Failure(
          .input, "There are no published splits.",
          remedy: "Have patients divided with --splits patient.")
      }
      dropWithoutSplit()
      if !published.contains(.validate), published.contains(.train) { takeValidation(seed: seed) }
      // Of other data nothing was trained on any part; its own run has allowed it.
      try checkPatients(allowed: options.sharedPatients || use == .testing)
    } else {
      let parts = PatientSplit.parts(
        of: rows.lazy.map(\.patient), shares: Self.shares, seed: seed)
      for row in rows.indices { rows[row].split = parts[rows[row].patient] }
      if options.splits == .auto { tellOfDrawnParts(publishedParts: published.count, for: use) }
    }
    try checkParts(for: use, isPublished: isPublished)
  }

  private mutating func tellOfDrawnParts(publishedParts: Int, for use: LabeledSet.Use) {
    if publishedParts > 0 {
      notices.append("the published split has one part only; patients were divided by the seed")
    }
    guard use == .testing else { return }
    let tested = rows.lazy.filter { $0.split == .test }.count
    notices.append(
      "\(tested) of \(rows.count) images are for testing, those of a fifth of the patients; "
        + "--splits all takes every image of a set that nothing was trained on")
  }

  private mutating func dropWithoutSplit() {
    let count = rows.count
    rows.removeAll { $0.split == nil }
    if rows.count < count {
      notices.append(Self.counted(count - rows.count, "image", "left out: in no published split"))
    }
  }

  private mutating func takeValidation(seed: UInt64) {
    let training = rows.indices.filter { rows[$0].split == .train }
    let parts = PatientSplit.parts(
      of: training.map { rows[$0].patient },
      shares: [(.validate, Self.validationOfTraining)], seed: seed)
    for row in training { rows[row].split = parts[rows[row].patient] }
    notices.append("no validation part is published; an eighth of the training patients is it")
  }

  private mutating func checkPatients(allowed: Bool) throws {
    var parts: [String: Set<StudySplit>] = [:]
    for row in rows { if let split = row.split { parts[row.patient, default: []].insert(split) } }
    let shared = parts.lazy.filter { $0.value.count > 1 }.count
    guard shared > 0 else { return }
    let sentence =
      "\(shared) of \(parts.count) patients "
      + (shared == 1 ? "has" : "have") + " images in more than one split"
    guard allowed else {
      throw Failure(
        .input, sentence + ".",
        remedy: "Give each patient one split, have patients divided with --splits patient, "
          + "or allow it with target.shared_patients=true.")
    }
    notices.append(sentence)
  }

  private func checkParts(for use: LabeledSet.Use, isPublished: Bool) throws {
    let counts = StudySplit.allCases.map { part in rows.lazy.filter { $0.split == part }.count }
    let needed = StudySplit.allCases.indices.filter {
      use == .training || StudySplit.allCases[$0] == .test
    }
    guard let empty = needed.first(where: { counts[$0] == 0 }) else { return }
    let sizes = zip(StudySplit.allCases, counts).map { "\($0): \($1)" }.joined(separator: ", ")
    let patients = Set(rows.lazy.map(\.patient)).count
    throw Failure(
      .input,
      "No image is for \(["training", "validation", "testing"][empty]) (\(sizes); "
        + Self.counted(patients, "patient", "in all).")
        + notices.map { " \($0.prefix(1).uppercased() + $0.dropFirst())." }.joined(),
      remedy: isPublished
        ? "Complete the published split, or have patients divided with --splits patient."
        : "Give labelled images of at least three patients.")
  }
}
