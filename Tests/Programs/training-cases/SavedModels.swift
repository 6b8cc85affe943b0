import Diagnostics
import Distributed
import Foundation
import REFERS
import Tensors

/// Checkpoints of models with random weights that inference reads, or must refuse, in
/// OPTIONS.output/CASE.
func savedModels(_ communicator: Communicator, _ options: Options) throws {
  guard communicator.rank == 0 else { return }
  var configuration = Configuration.named(.tiny)
  configuration.takeSmallModel()
  configuration.image.resize = 36
  var larger = configuration
  larger.model.radiograph.width = 96
  let findings = LabelNames(task: .multiLabel, classes: ["Edema", "Nodule, or mass", "Fracture"])
  let kinds = LabelNames(task: .multiClass, classes: ["normal", "viral", "bacterial"])
  func classifier(_ name: String, _ labels: LabelNames, says said: Configuration) throws {
    let model = ClassifierModel(configuration, classes: labels.classes.count)
    try save(model.parameters, name, said, labels, options)
  }
  try classifier("multi-label", findings, says: configuration)
  try classifier("multi-class", kinds, says: configuration)
  try classifier("other-size", findings, says: larger)
  try save(
    RadiographModel(configuration).parameters, "headless", configuration, findings, options)
  try save(
    REFERSModel(configuration, vocabulary: 40).parameters, "wordless", configuration, nil, options)
}

private func save(
  _ parameters: ParameterStore, _ name: String, _ configuration: Configuration,
  _ labels: LabelNames?, _ options: Options
) throws {
  try parameters.allocate(seed: options.seed)
  let values = parameters.values
  // Random heads of random transformers hardly differ; larger weights do.
  for slice in parameters.slices where slice.name == "head.weight" {
    for i in 0..<slice.count { values[slice.offset + i] *= 8 }
  }
  var configuration = configuration
  configuration.output = options.output + "/" + name
  let state = TrainingState(
    progress: TrainingProgress(), optimizer: OptimizerCounters(), configuration: configuration,
    versions: VersionRecord(program: "test", mpi: "none"), build: try BuildRecord.current(),
    dataDigest: "", labels: labels)
  let tensors = parameters.slices.map {
    NamedTensor(
      name: $0.name, shape: $0.shape,
      values: UnsafeBufferPointer(start: values + $0.offset, count: $0.count))
  }
  try CheckpointStore(ofRun: configuration.output).save(
    step: 3,
    parts: [
      .tensors(tensors, named: Checkpoint.modelName), .json(state, named: Checkpoint.stateName),
    ], markBest: false)
}
