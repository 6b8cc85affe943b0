import Diagnostics
import Distributed
import Foundation
import REFERS
import Tensors

/// A head fitted to features of noise, where the label is whether an image is bright.
func probe(_ communicator: Communicator, _ options: Options) throws {
  var configuration = Configuration.named(.tiny)
  configuration.takeSmallModel()
  let source = NoiseImages(count: 60, seed: options.seed, brightens: true)
  let preparer = try StudyPreparer(
    source: source, image: ImageOptions(resize: 36, crop: configuration.image.crop),
    augmentation: AugmentationOptions(), seed: options.seed)
  let compute = try Compute(threads: options.threads)
  for (task, classes) in [(LabelTask.multiLabel, 2), (.multiClass, 3)] {
    let model = ClassifierModel(configuration, classes: classes)
    try model.parameters.allocate(seed: options.seed)
    let inference = ImageInference(
      compute: compute, parameters: model.parameters, communicator: communicator,
      preparer: preparer, patches: model.radiograph.patches, workers: 1, prefetch: 1, packet: 4)
    func labels(_ image: Int) -> ArraySlice<Float> {
      let bright: Float = source.isBright(image) ? 1 : 0
      return task == .multiLabel ? [bright, image % 7 == 0 ? .nan : 1 - bright] : [2 * bright]
    }
    let probe = try model.fitHead(
      training: Array(0..<40), validation: Array(40..<60), task: task, labels: labels,
      inference: inference, over: communicator, team: compute.team)
    try require(probe.validationAUC == 1, "\(task): AUC \(String(describing: probe.validationAUC))")
    try require(probe.constantClasses == (classes == 3 ? [1] : []), "\(probe.constantClasses)")

    // The head answers of images what the probe answers of their features.
    let test = Array(40..<60)
    let logits = try inference.rows(of: test, width: classes) { try model.logits($0, on: $1) }
    let features = try inference.rows(of: test, width: model.radiograph.width) {
      try model.features($0, on: $1)
    }
    let wanted = probe.logits(features, width: model.radiograph.width)
    let scale = wanted.map(abs).max() ?? 0
    try require(
      zip(logits, wanted).allSatisfy { abs($0 - $1) <= 1e-4 * scale }, "\(task): other logits.")
    let texts = try communicator.allGather(hash(logits + probe.weight + probe.bias))
    try require(Set(texts).count == 1, "The ranks have other heads.")
    if communicator.rank == 0 { print("\(task.rawValue) \(texts[0])") }
  }
}
