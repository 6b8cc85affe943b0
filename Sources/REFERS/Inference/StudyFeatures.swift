import Diagnostics
import Tensors

/// Studies and their reports in the space that they are compared in, on every rank.
public struct StudyFeatures: Sendable {
  /// v, studies x width.
  public let studies: [Float]
  /// t, likewise.
  public let reports: [Float]
  public let width: Int

  /// Studies that go through the model together.
  private static let packet = 8

  /// Computes studies of a source, and their reports, on all ranks.
  ///
  /// - Throws: `Failure(.checkpoint)` for a classifier.
  public init(
    of studies: [Int], in source: any StudySource, by saved: SavedModel,
    _ session: InferenceSession
  ) throws {
    let (model, tokenizer) = try saved.reportModel(over: session.communicator)
    try self.init(of: studies, in: source, model, tokenizer, session)
  }

  init(
    of studies: [Int], in source: any StudySource, _ model: REFERSModel,
    _ tokenizer: WordPieceTokenizer, _ session: InferenceSession
  ) throws {
    let configuration = model.configuration
    let slots = ViewFusion.slots(configuration)
    width = slots * configuration.model.radiograph.width
    let rows = try session.inference(
      model.parameters, patches: model.radiograph.patches,
      preparer: try StudyPreparer(studies: source, tokenizer: tokenizer, configuration),
      packet: Self.packet
    ).rows(
      of: studies, widths: [width, width], progress: session.progress("studies", of: studies.count)
    ) { batch, tape in
      let (image, text) = try model.features(batch, on: tape)
      return [image, text]
    }
    self.studies = rows[0]
    reports = rows[1]
  }
}

extension REFERSModel {
  /// The feature of one report in the space of studies.
  func feature(ofReport tokens: [Int32], _ compute: Compute) throws -> [Float] {
    let study = PreparedStudy(
      index: 0, key: 0, images: [], slots: [], encoderTokens: tokens, decoderTokens: [])
    let batch = StudyBatch([study], shards: [0..<1], patches: radiograph.patches)
    return try textEncoder(
      batch.encoderTokens, studies: batch.packing,
      on: Tape(compute: compute, parameters: parameters)
    ).value.array
  }
}
