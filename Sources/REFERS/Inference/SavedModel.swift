import Diagnostics
import Distributed
import Foundation
import Tensors

/// What a checkpoint holds of a model, the same on every rank: rank 0 alone reads files.
public struct SavedModel: Sendable {
  public let path: String
  public let configuration: Configuration
  /// What the numbers of a classifier mean; nil for a model of reports.
  public let labels: LabelNames?
  /// The pieces of the text encoder's vocabulary; nil where there is none.
  private let tokens: [String]?
  private let decoderTokens: [String]?

  /// Opens the checkpoint that a path means: one, a link to one, or the folder of a run, whose best
  /// is taken or, where none is marked, its newest.
  ///
  /// - Throws: on every rank, where there is none, or a file is not as it was written.
  /// - Complexity: reads the whole checkpoint, to verify it.
  public init(meantBy path: String, over communicator: Communicator) throws {
    let text = try communicator.together("reading the checkpoint") {
      communicator.rank == 0 ? try Shared(of: Self.checkpoint(meantBy: path)).text() : ""
    }
    let shared = try Shared(text: communicator.broadcast(text))
    self.path = shared.path
    configuration = shared.state.configuration
    labels = shared.state.labels
    tokens = shared.tokens
    decoderTokens = shared.decoderTokens
  }

  private static func checkpoint(meantBy path: String) throws -> Checkpoint {
    let stores = [CheckpointStore(ofRun: path), CheckpointStore(directory: path)]
    let best = stores.compactMap(\.best).first {
      FileManager.default.fileExists(atPath: $0.path)
    }
    let checkpoint = try best ?? Checkpoint(meantBy: path)
    try checkpoint.verify()
    return checkpoint
  }

  /// What is read of state.json.
  private struct State: Codable {
    let configuration: Configuration
    let labels: LabelNames?
  }

  /// What rank 0 tells the others.
  private struct Shared: Codable {
    let path: String
    let state: State
    let tokens: [String]?
    let decoderTokens: [String]?

    init(of checkpoint: Checkpoint) throws {
      func tokens(_ name: String) throws -> [String]? {
        let file = checkpoint.path + "/" + name
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return try WordPieceVocabulary(contentsOf: file).tokens
      }
      path = checkpoint.path
      state = try checkpoint.state()
      self.tokens = try tokens(Checkpoint.vocabularyName)
      decoderTokens = try tokens(Checkpoint.decoderVocabularyName)
    }

    init(text: String) throws {
      self = try JSONDecoder().decode(Shared.self, from: Data(text.utf8))
    }

    func text() throws -> String {
      String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    }
  }

  /// Whether it holds a text encoder.
  public var hasReports: Bool { labels == nil }
}

extension SavedModel {
  /// The radiograph transformer alone.
  ///
  /// - Throws: `Failure(.checkpoint)`, naming every tensor that is missing or misshapen.
  public func radiographModel(over communicator: Communicator) throws -> RadiographModel {
    let model = RadiographModel(configuration)
    try read(into: model.parameters, over: communicator) {
      !$0.hasPrefix(RadiographTransformer.prefix)
    }
    return model
  }

  /// The classifier.
  ///
  /// - Throws: `Failure(.checkpoint)` also for a checkpoint without a head.
  public func classifier(over communicator: Communicator) throws -> ClassifierModel {
    guard let labels, !labels.classes.isEmpty else {
      throw Failure(
        .checkpoint, "\(path) has no head: it is of pre-training with reports.",
        remedy: "Fine-tune it first, and name the run that did: refers-mpi finetune."
      ).shared()
    }
    let model = ClassifierModel(configuration, classes: labels.classes.count)
    try read(into: model.parameters, over: communicator)
    return model
  }

  /// The whole model of pre-training with reports, and how its text encoder reads them.
  ///
  /// - Throws: `Failure(.checkpoint)` also for a classifier, and where the vocabulary is missing.
  public func reportModel(
    over communicator: Communicator
  ) throws -> (model: REFERSModel, tokenizer: WordPieceTokenizer) {
    guard hasReports else {
      throw Failure(
        .checkpoint, "\(path) is a classifier: it reads no reports.",
        remedy: "Name a run of pre-training with reports."
      ).shared()
    }
    let separate = configuration.text.decoderVocabularySize > 0
    guard let tokens, decoderTokens != nil || !separate else {
      throw Failure(
        .checkpoint,
        "\(path) has no \(tokens == nil ? Checkpoint.vocabularyName : Checkpoint.decoderVocabularyName).",
        remedy: "Put back the file; the folder of the run has a copy."
      ).shared()
    }
    let model = REFERSModel(
      configuration, vocabulary: tokens.count,
      decoderVocabulary: separate ? decoderTokens?.count : nil)
    try read(into: model.parameters, over: communicator)
    let vocabulary = try WordPieceVocabulary(tokens: tokens)
    return (
      model,
      WordPieceTokenizer(vocabulary: vocabulary, lowerCase: configuration.text.lowerCase)
    )
  }

  /// Reads the tensors on rank 0 and gives every rank what it has read.
  private func read(
    into parameters: ParameterStore, over communicator: Communicator,
    leavingOut: (String) -> Bool = { _ in false }
  ) throws {
    try communicator.together("reading the checkpoint") {
      try parameters.allocate(seed: UInt64(bitPattern: Int64(configuration.seed)))
      guard communicator.rank == 0 else { return }
      try Checkpoint(path: path).model().read(
        into: parameters.places(in: parameters.values), leavingOut: leavingOut,
        remedy: "Is its state.json that of these tensors? Take another checkpoint.")
    }
    try communicator.broadcast(
      UnsafeMutableBufferPointer(start: parameters.values, count: parameters.count))
  }
}
