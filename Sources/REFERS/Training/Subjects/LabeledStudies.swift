import Diagnostics
import Distributed

/// The labelled radiographs of a run, divided, and without those that cannot be decoded.
struct LabeledStudies {
  let set: LabeledSet
  let source: any StudySource
  let training: [Int]
  let validation: [Int]
  /// Empty in pre-training.
  let test: [Int]

  /// Reads the labels, draws the share of the training images that is used, and looks at every
  /// image.
  init(
    _ configuration: Configuration, communicator: Communicator, threads: Int,
    observer: (any TrainingObserver)?
  ) throws {
    let target = configuration.target
    let seed = UInt64(configuration.seed)
    let isTarget = configuration.objective == .target
    set =
      isTarget
      ? try LabeledSet.open(target, seed: seed)
      : try Self.studies(
        configuration, communicator: communicator, threads: threads, observer: observer)
    observer?.preparing(set.summary)
    for notice in set.notices { observer?.warned(notice) }
    var training = LabelDraw.subset(
      of: set.indices(of: [.train]), ratio: target.labelRatio, seed: seed, draw: target.draw)
    var validation = set.indices(of: [.validate])
    var test = isTarget ? set.indices(of: [.test]) : []
    if configuration.data.overfit > 0 {
      training = Array(training.prefix(configuration.data.overfit))
      validation = training
      if isTarget { test = training }
    }
    try Self.require(training, validation, test, isTarget: isTarget)

    if set.imagesAreChecked {
      source = set
    } else {
      let all = Array(Set(training + validation + test)).sorted()
      if communicator.rank == 0 { try StudyCollection.requireImages(of: all, in: set) }
      let decodable = try StudyCollection.decodable(
        all, of: set, configuration, communicator: communicator, workers: threads,
        observer: observer)
      training = training.filter(decodable.isUsable)
      validation = validation.filter(decodable.isUsable)
      test = test.filter(decodable.isUsable)
      source = decodable
      try Self.require(training, validation, test, isTarget: isTarget)
    }
    (self.training, self.validation, self.test) = (training, validation, test)
    for (part, images) in [("training", training), ("validation", validation), ("test", test)]
    where !images.isEmpty {
      let uniform = set.uniformClasses(among: images)
      if !uniform.isEmpty {
        observer?.warned(
          "the \(part) images have no two labels of: \(uniform.joined(separator: ", "))")
      }
    }
    try requireClass(target)
  }

  private func requireClass(_ target: Configuration.Target) throws {
    guard set.uniformClasses(among: training).count == set.classes.count else { return }
    throw Failure(
      .input,
      "No class has two labels among "
        + LabelTable.counted(training.count, "training image", "used."),
      remedy: target.labelRatio < 1
        ? "Use more of them (--label-ratio), or another draw (target.draw)."
        : "See that the labels are those that are meant (--labels)."
    ).shared()
  }

  /// The radiographs of studies, each alone with its study's labels.
  private static func studies(
    _ configuration: Configuration, communicator: Communicator, threads: Int,
    observer: (any TrainingObserver)?
  ) throws -> LabeledSet {
    if configuration.target.path == nil, let path = configuration.data.path,
      StudyStore.isStore(path)
    {
      throw Failure(
        .configuration, "A store keeps no labels.",
        remedy: "Name what it was made from with --data or --manifest.")
    }
    let source = try StudyCollection.open(
      configuration, communicator: communicator, threads: threads, observer: observer)
    let labels: String
    if let path = configuration.target.path ?? configuration.data.manifest {
      labels = path
    } else {
      labels = configuration.data.path ?? StudyCollection.syntheticFolder(configuration)
    }
    return try LabeledSet(
      flattening: source, labels: StudyLabels(path: labels, options: configuration.target))
  }

  private static func require(
    _ training: [Int], _ validation: [Int], _ test: [Int], isTarget: Bool
  ) throws {
    let parts =
      [("train on", training), ("validate on", validation)]
      + (isTarget ? [("test on", test)] : [])
    guard let (use, _) = parts.first(where: { $0.1.isEmpty }) else { return }
    throw Failure(
      .input, "There is no image to \(use).",
      remedy: isTarget
        ? "Check the split of the table, or draw one by patient (--splits patient)."
        : "Check the split of the data."
    ).shared()
  }
}
