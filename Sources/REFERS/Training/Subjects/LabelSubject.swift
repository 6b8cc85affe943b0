import Diagnostics
import Distributed
import Foundation

/// Training on the labels of radiographs: pre-training without reports (REFERS sec. 9.6), and
/// fine-tuning on a target (sec. 8).
final class LabelSubject: TrainingSubject {
  let configuration: Configuration
  let studies: LabeledStudies
  let classifier: ClassifierModel
  let loss: LabelLoss
  let meaning: ModelMeaning

  /// The file with the names of the training images.
  static let trainingList = "training-list.txt"

  init(
    _ start: RunStart, communicator: Communicator, threads: Int,
    observer: (any TrainingObserver)?
  ) throws {
    configuration = start.configuration
    studies = try LabeledStudies(
      configuration, communicator: communicator, threads: threads, observer: observer)
    let set = studies.set
    loss = LabelLoss(task: set.task, classes: set.classes.count)
    classifier = ClassifierModel(configuration, classes: set.classes.count)
    meaning = ModelMeaning(labels: LabelNames(task: set.task, classes: set.classes))
    if let labels = start.point?.state.labels, labels != meaning.labels {
      throw Failure(
        .checkpoint, "The classes of the checkpoint are not those of the data.",
        remedy: "Give the table and columns of the run that goes on.")
    }
  }

  var model: any TrainedModel { classifier }
  var source: any StudySource { studies.source }
  var training: [Int] { studies.training }
  var validation: [Int] { studies.validation }

  func digest() throws -> String {
    try studiesDigest(of: [training, validation, studies.test], in: source) { hash, index in
      for label in studies.set.labels(of: index) { hash.add(Int(label.bitPattern)) }
    }
  }

  func startPretrained(over communicator: Communicator) throws -> [String] {
    let path =
      configuration.objective == .target
      ? configuration.target.start : configuration.model.radiograph.pretrained
    guard let path else { return [] }
    let parameters = classifier.parameters
    var notices: [String] = []
    if communicator.rank == 0 {
      notices = try parameters.readRadiograph(from: try BackboneFile.path(meantBy: path))
    }
    try communicator.broadcast(
      UnsafeMutableBufferPointer(start: parameters.values, count: parameters.count))
    return notices
  }

  func engine(_ parts: EngineParts) throws -> any StepEngine {
    let set = studies.set
    return try LabelEngine(
      model: classifier, loss: loss, labels: { set.labels(of: $0) }, compute: parts.compute,
      communicator: parts.communicator, tree: parts.tree, cut: parts.cut,
      messageBytes: parts.messageBytes, monitor: parts.monitor)
  }

  func preparer(cacheBytes: Int) throws -> StudyPreparer {
    try StudyPreparer(
      source: source,
      image: ImageOptions(resize: configuration.image.resize, crop: configuration.image.crop),
      augmentation: AugmentationOptions(configuration.augmentation),
      seed: configuration.trainingSeed, cache: ImageCache(budget: cacheBytes))
  }

  func validation(_ parts: ValidationParts) throws -> any Validation {
    LabelValidation(subject: self, inference: inference(parts))
  }

  func begin() throws {
    guard configuration.objective == .target else { return }
    // The names of images may be those of patients: for the owner's eyes alone.
    let names = training.map { studies.set.study($0).identifier }
    try PrivateFile.write(
      Array((names.joined(separator: "\n") + "\n").utf8),
      to: "\(configuration.output)/\(Self.trainingList)")
  }

  func fitHead(_ parts: ValidationParts) throws -> ValidationResult {
    let set = studies.set
    _ = try classifier.fitHead(
      training: training, validation: validation, task: set.task,
      labels: { set.labels(of: $0) }, inference: inference(parts),
      over: parts.engine.core.communicator, team: parts.engine.compute.team)
    return try LabelValidation(subject: self, inference: inference(parts)).callAsFunction()
  }

  /// The probabilities that the model gives to images, beside their labels; on every rank.
  func predictions(of images: [Int], _ inference: ImageInference) throws -> Predictions {
    let classes = classifier.classes
    let logits = try inference.rows(of: images, width: classes) { [classifier] in
      try classifier.logits($0, on: $1)
    }
    return try Predictions(of: images, in: studies.set, loss.probabilities(ofRows: logits))
  }

  func inference(_ parts: ValidationParts) -> ImageInference {
    ImageInference(
      compute: parts.engine.compute, parameters: classifier.parameters,
      communicator: parts.engine.core.communicator, preparer: parts.preparer,
      patches: classifier.radiograph.patches, workers: parts.workers,
      prefetch: configuration.data.prefetch)
  }
}
