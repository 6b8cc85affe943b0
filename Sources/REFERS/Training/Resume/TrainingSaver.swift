import Foundation
import Tensors

/// Writes the checkpoints of a run; rank 0 alone does.
public struct TrainingSaver {
  private let configuration: Configuration
  private let parameters: ParameterStore
  private let optimizer: any Optimizer
  private let meaning: ModelMeaning
  private let build: BuildRecord
  private let versions: VersionRecord
  private let dataDigest: String
  private var store: CheckpointStore { CheckpointStore(ofRun: configuration.output) }

  public init(
    configuration: Configuration, parameters: ParameterStore, optimizer: any Optimizer,
    meaning: ModelMeaning, build: BuildRecord, versions: VersionRecord, dataDigest: String
  ) {
    self.configuration = configuration
    self.parameters = parameters
    self.optimizer = optimizer
    self.meaning = meaning
    self.build = build
    self.versions = versions
    self.dataDigest = dataDigest
  }

  /// Saves the run as it is, and removes the checkpoints that are not to be kept.
  ///
  /// - Returns: the checkpoint's folder.
  /// - Complexity: writes the parameters and each state of the optimizer once.
  @discardableResult
  public func save(_ progress: TrainingProgress, markBest: Bool = false) throws -> String {
    let state = TrainingState(
      progress: progress, optimizer: optimizer.counters, configuration: configuration,
      versions: versions, build: build, dataDigest: dataDigest, labels: meaning.labels)
    var parts: [CheckpointPart] = [
      .tensors(parameters.namedTensors(in: parameters.values), named: Checkpoint.modelName),
      .tensors(
        optimizer.states.flatMap { state in
          parameters.namedTensors(in: state.values, prefix: "\(state.name)/")
        }, named: Checkpoint.trainingName),
      .json(state, named: Checkpoint.stateName),
    ]
    for (name, vocabulary) in meaning.vocabularies {
      parts.append(.lines(vocabulary.tokens, named: name))
    }
    let path = try store.save(step: progress.step, parts: parts, markBest: markBest)
    try store.prune(
      after: progress.step, keepLast: configuration.checkpoint.keepLast,
      keepEvery: configuration.checkpoint.keepEvery)
    return path
  }

  /// Puts the folder in order before the first step of a run that goes on from `point`.
  public func resume(from point: ResumePoint) throws {
    let folder = PathName(point.path).parent
    guard Folder.isSame(folder, store.directory) else { return }
    try store.mendLinks(step: point.state.step, bestStep: point.state.progress.bestStep)
  }
}

extension REFERSModel {
  /// Every tensor as it is saved. The parameters must outlive the result.
  public var namedTensors: [NamedTensor] { parameters.namedTensors(in: parameters.values) }
}

extension ParameterStore {
  /// The tensors of the model in an arena as long as the parameters', which must outlive them.
  func namedTensors(in arena: UnsafeMutablePointer<Float>, prefix: String = "") -> [NamedTensor] {
    slices.map { slice in
      NamedTensor(
        name: prefix + slice.name, shape: slice.shape,
        values: UnsafeBufferPointer(start: arena + slice.offset, count: slice.count))
    }
  }
}
