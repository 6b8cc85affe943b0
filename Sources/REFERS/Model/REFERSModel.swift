import Tensors

/// The whole model of pre-training: radiograph transformer, fusion of views, report transformer
/// and text encoder (REFERS sec. 1-5).
///
/// ```swift
/// let model = try REFERSModel(configuration, vocabulary: 10_000)
/// let outputs = try model.forward(batch, on: tape)
/// ```
public final class REFERSModel {
  public let configuration: Configuration
  public let parameters = ParameterStore()
  public let radiograph: RadiographTransformer
  let recurrentConcatenation: RecurrentConcatenation
  let fusion: ViewFusion
  public let decoder: ReportDecoder
  public let textEncoder: TextEncoder

  /// What a forward pass leaves: features for the contrast, losses of the report.
  public struct Outputs {
    /// v, [studies, slots · width].
    public let image: Variable
    /// t, [studies, slots · width].
    public let text: Variable
    /// One loss for each direction of writing.
    public let language: [TokenLoss]
  }

  /// Declares all parameters; the values are set by `parameters.allocate(seed:)`.
  ///
  /// - Parameters:
  ///   - vocabulary: token ids of the text encoder.
  ///   - decoderVocabulary: token ids of the decoder; the text encoder's where nil.
  public init(
    _ configuration: Configuration, vocabulary: Int, decoderVocabulary: Int? = nil
  ) {
    self.configuration = configuration
    radiograph = RadiographTransformer(configuration, in: parameters)
    recurrentConcatenation = RecurrentConcatenation(configuration, in: parameters)
    fusion = ViewFusion(configuration, in: parameters)
    decoder = ReportDecoder(
      configuration, vocabulary: decoderVocabulary ?? vocabulary, in: parameters)
    textEncoder = TextEncoder(
      configuration, vocabulary: vocabulary, outputs: featureWidth(configuration),
      in: parameters)
  }

  /// Computes a batch: each distinct radiograph once, each report once.
  ///
  /// The blocks of the transformers are segments of the tape, those of the radiograph first, then
  /// those of the decoder and of the text encoder.
  public func forward(_ batch: StudyBatch, on tape: Tape) throws -> Outputs {
    let (fused, rows) = try views(batch, on: tape)
    let length = rows.packing.sequences == 0 ? 0 : rows.packing.offsets[1]
    let bias = recurrentConcatenation.attentionBias(rows: length).map { one in
      Array(repeatElement(one, count: batch.slots.count).joined())
    }
    let language = try decoder(
      batch.decoderTokens, memory: fused.memory, memoryBias: bias, on: tape)
    let text = try textEncoder(batch.encoderTokens, studies: batch.packing, on: tape)
    return Outputs(image: fused.feature, text: text, language: language)
  }

  /// The features of a batch alone, the same as those of ``forward(_:on:)``: no report is written.
  func features(_ batch: StudyBatch, on tape: Tape) throws -> (image: Variable, text: Variable) {
    let (fused, _) = try views(batch, on: tape)
    return (fused.feature, try textEncoder(batch.encoderTokens, studies: batch.packing, on: tape))
  }

  /// The fused views of every study, and the rows of its radiographs.
  private func views(
    _ batch: StudyBatch, on tape: Tape
  ) throws -> (fused: ViewFusion.Result, rows: Variable) {
    let tokens = try radiograph(batch.pixels, packing: batch.images, on: tape)
    let rows = try recurrentConcatenation(tokens, on: tape)
    return (try fusion(tokens: tokens, rows: rows, batch: batch, on: tape), rows)
  }
}

/// The width of a study's feature: the aggregation tokens of its slots side by side.
private func featureWidth(_ configuration: Configuration) -> Int {
  ViewFusion.slots(configuration) * configuration.model.radiograph.width
}
