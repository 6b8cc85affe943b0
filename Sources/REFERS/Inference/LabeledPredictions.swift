import Diagnostics

extension Predictions {
  /// Probabilities of images of a set, row by row, beside what is known of them.
  init(of images: [Int], in set: LabeledSet, _ probabilities: [Float]) throws {
    try self.init(
      task: set.task, classes: set.classes,
      images: images.map { set.study($0).identifier }, probabilities: probabilities,
      labels: images.flatMap { set.labels(of: $0) })
  }
}

extension NamedPredictions {
  /// What a classifier says of the test and the validation part of a set, computed on all ranks.
  ///
  /// - Parameter badImages: the largest share of images that cannot be decoded that is put up with.
  /// - Throws: `Failure(.input)` where the set has other classes than the classifier, or no image
  ///   to test on.
  public init(
    of set: LabeledSet, by saved: SavedModel, in session: InferenceSession, badImages: Double
  ) throws {
    let model = try saved.classifier(over: session.communicator)
    guard saved.labels == LabelNames(task: set.task, classes: set.classes) else {
      throw Failure(
        .input, "The classes of \(saved.path) are not those of the data.",
        remedy: "It answers for: \((saved.labels?.classes ?? []).joined(separator: ", ")). Name "
          + "those columns."
      ).shared()
    }
    let loss = LabelLoss(task: set.task, classes: set.classes.count)
    func predictions(of split: StudySplit) throws -> Predictions? {
      let images = set.indices(of: [split])
      guard !images.isEmpty else { return nil }
      let (source, usable) = try session.decodable(
        images, of: set, base: BaseSize(saved.configuration), share: badImages)
      let logits = try session.inference(
        model.parameters, patches: model.radiograph.patches,
        preparer: try StudyPreparer(images: source, saved.configuration)
      ).rows(
        of: usable, width: model.classes,
        progress: session.progress("predicted", of: usable.count)
      ) { try model.logits($0, on: $1) }
      return try Predictions(of: usable, in: set, loss.probabilities(ofRows: logits))
    }
    guard let test = try predictions(of: .test) else {
      throw Failure(
        .input, "There is no image to test on.",
        remedy: "Check the split of the table, or draw one by patient (--splits patient)."
      ).shared()
    }
    self.init(
      name: RunFolder.name(of: Checkpoint(path: saved.path).runFolder ?? saved.path),
      predictions: test,
      validation: try predictions(of: .validate))
  }
}

extension SavedModel {
  /// The labelled images of its own run, or those that are named instead.
  ///
  /// Of other data the run says no more than which classes it answers for: not where images are,
  /// which of them are meant, nor how they are divided.
  ///
  /// - Parameter assignments: values of `target`, which replace those of the run.
  public func labeledSet(_ assignments: [ConfigurationAssignment]) throws -> LabeledSet {
    var configuration = configuration
    let own = configuration.target
    if case .text(let path)? = assignments.last(where: { $0.path == "target.path" })?.value,
      !(own.path.map { Folder.isSame($0, path) } ?? false)
    {
      configuration.target = own.ofOtherData
    }
    for assignment in assignments { _ = try assignment.apply(to: &configuration) }
    return try LabeledSet.open(
      configuration.target, seed: UInt64(configuration.seed), for: .testing)
  }
}

extension Configuration.Target {
  /// What names the classes, with all else as it is where nothing is said.
  fileprivate var ofOtherData: Configuration.Target {
    var other = Configuration.Target()
    (other.columns, other.task, other.uncertain) = (columns, task, uncertain)
    return other
  }
}
