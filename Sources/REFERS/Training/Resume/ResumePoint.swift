import Diagnostics
import Distributed
import Foundation
import Tensors

/// The checkpoint that a run goes on from.
public struct ResumePoint: Codable, Sendable {
  /// The checkpoint's folder.
  public let path: String
  public let state: TrainingState

  /// The files without which a run cannot go on.
  static let files = [Checkpoint.modelName, Checkpoint.trainingName, Checkpoint.stateName]

  init(_ checkpoint: Checkpoint) throws {
    path = checkpoint.path
    state = try checkpoint.state()
    if state.labels == nil { try checkpoint.require([Checkpoint.vocabularyName]) }
    let named = CheckpointStore.step(ofName: PathName(path).last)
    guard named == nil || named == state.step else {
      throw Failure(
        .checkpoint, "\(path) holds the state of step \(state.step).",
        remedy: "Give the folder its old name, step-\(state.step).")
    }
  }

  /// The newest whole checkpoint of a run's folder; nil where there is none yet.
  ///
  /// - Returns: also a notice for each newer one that is damaged.
  /// - Throws: `Failure(.checkpoint)` where there are checkpoints, but no whole one.
  static func newest(inRun output: String) throws -> (point: ResumePoint?, notices: [String]) {
    let store = CheckpointStore(ofRun: output)
    var damages: [Failure] = []
    let whole = try store.newestWhole(
      holding: files, reporting: { damages.append($0) },
      check: { checkpoint in
        _ = try ResumePoint(checkpoint)
        _ = (try checkpoint.model(), try checkpoint.training())
      })
    if let whole {
      let notices = damages.map { "passed over a checkpoint: \($0.message)" }
      return (try ResumePoint(whole), notices)
    }
    guard let damage = damages.first else { return (nil, []) }
    throw Failure(
      .checkpoint,
      "No checkpoint in \(store.directory) is whole. Of the newest: \(damage.message)",
      remedy: "Put back a copy of one, or begin anew with another --output.", cause: damage)
  }

  /// The checkpoint that a path means.
  ///
  /// - Throws: `Failure` where it is not whole.
  static func at(_ path: String) throws -> ResumePoint {
    let checkpoint = try Checkpoint(meantBy: path)
    try checkpoint.verify(holding: files)
    return try ResumePoint(checkpoint)
  }

  /// The folder of the run that saved this; nil where it lies elsewhere.
  var runFolder: String? { Checkpoint(path: path).runFolder }

  /// - Throws: `Failure(.checkpoint)` where the data are others than those the run began with.
  public func requireData(digest: String) throws {
    guard digest != state.dataDigest else { return }
    throw Failure(
      .checkpoint,
      "The studies are not those that the run of \(path) began with: their digest differs.",
      remedy: "Give the same data and tables, or begin a new run.")
  }

  /// The vocabulary of the run.
  public func vocabulary() throws -> WordPieceVocabulary {
    try WordPieceVocabulary(contentsOf: "\(path)/\(Checkpoint.vocabularyName)")
  }

  /// The vocabulary of the decoder alone; nil where it shares the text encoder's.
  public func decoderVocabulary() throws -> WordPieceVocabulary? {
    guard state.configuration.text.decoderVocabularySize > 0 else { return nil }
    return try WordPieceVocabulary(contentsOf: "\(path)/\(Checkpoint.decoderVocabularyName)")
  }
}

extension ResumePoint {
  /// Reads the tensors and counters of the checkpoint.
  ///
  /// - Throws: `Failure(.checkpoint)` that names every tensor that does not fit; nothing has been
  ///   changed then.
  public func read(into parameters: ParameterStore, optimizer: any Optimizer) throws {
    let checkpoint = Checkpoint(path: path)
    let training = try checkpoint.training()
    try checkpoint.model().read(into: parameters.places(in: parameters.values))
    try training.read(
      into: optimizer.states.flatMap {
        parameters.places(in: $0.values, prefix: "\($0.name)/")
      })
    optimizer.counters = state.optimizer
  }

  /// Reads on rank 0, and gives every rank what it has read: no other rank need see the files.
  ///
  /// - Communication: a broadcast of the parameters and of each state of the optimizer.
  public func restore(
    into parameters: ParameterStore, optimizer: any Optimizer, over communicator: Communicator
  ) throws {
    if communicator.rank == 0 { try read(into: parameters, optimizer: optimizer) }
    for values in [parameters.values] + optimizer.states.map(\.values) {
      try communicator.broadcast(
        UnsafeMutableBufferPointer(start: values, count: parameters.count))
    }
    optimizer.counters = state.optimizer
  }
}

extension ParameterStore {
  /// Where the tensors of the model lie in an arena as long as the parameters'.
  func places(in arena: UnsafeMutablePointer<Float>, prefix: String = "") -> [TensorPlace] {
    slices.map { slice in
      TensorPlace(
        name: prefix + slice.name, shape: slice.shape,
        values: UnsafeMutableBufferPointer(start: arena + slice.offset, count: slice.count))
    }
  }
}
