import Diagnostics
import Distributed
import Tensors

extension LabelSubject {
  /// After fine-tuning: the best weights answer for the validation and the test part; rank 0 writes
  /// predictions-validation.csv, predictions-test.csv and result.json beside the checkpoints.
  ///
  /// - Communication: a broadcast of the parameters, and the probabilities.
  func conclude(
    _ parts: ValidationParts, _ progress: TrainingProgress, communicator: Communicator,
    observer: (any TrainingObserver)?
  ) throws {
    guard configuration.objective == .target else { return }
    let parameters = classifier.parameters
    let best = progress.bestStep ?? progress.step
    if communicator.rank == 0, best != progress.step {
      let checkpoint = CheckpointStore(ofRun: configuration.output).checkpoint(ofStep: best)
      try checkpoint.model().read(into: parameters.places(in: parameters.values))
    }
    try communicator.broadcast(
      UnsafeMutableBufferPointer(start: parameters.values, count: parameters.count))
    let inference = inference(parts)
    let validation = try predictions(of: validation, inference)
    let test = try predictions(of: studies.test, inference)
    guard communicator.rank == 0 else { return }
    let output = configuration.output
    try validation.write(to: "\(output)/predictions-validation.csv")
    try test.write(to: "\(output)/predictions-test.csv")
    let result = result(progress, bestStep: best, validation: validation, test: test)
    try result.write(to: "\(output)/\(TargetResult.fileName)")
    observer?.concluded(result)
  }

  private func result(
    _ progress: TrainingProgress, bestStep: Int, validation: Predictions, test: Predictions
  ) -> TargetResult {
    let target = configuration.target
    let areas = test.classAreas()
    return TargetResult(
      method: target.method, target: studies.set.name, task: test.task, classes: test.classes,
      labelRatio: target.labelRatio, draw: target.draw, seed: configuration.seed,
      learningRate: configuration.fitsHeadAlone
        ? nil : configuration.optimizer.learningRate.radiograph,
      trainingImages: training.count, validationImages: self.validation.count,
      testImages: studies.test.count, bestStep: bestStep, steps: progress.step,
      validationAUC: ClassMean(validation.classAreas()).value, testAUC: ClassMean(areas).value,
      classAUC: Dictionary(uniqueKeysWithValues: zip(test.classes, areas)),
      validationLoss: LabelValidation.loss(validation), testDigest: test.digest)
  }
}

extension Predictions {
  /// A SHA-256 of the names of the images and their labels, in hexadecimal.
  fileprivate var digest: String {
    var hash = StudyHash()
    for image in images { hash.add(image) }
    for label in labels { hash.add(label.isNaN ? -1 : Int(label)) }
    return hash.text
  }
}
