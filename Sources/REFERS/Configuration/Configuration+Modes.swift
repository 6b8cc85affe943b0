extension Configuration {
  /// Which source is followed where paper and public code differ (REFERS sec. 0).
  public enum Mode: String, CaseIterable, Codable, Sendable {
    /// The paper where it is explicit, the code where the paper is silent, defects mended.
    case `default`
    /// Every explicit statement of the paper, literally.
    case paper
    /// The public code as of August 2022, its defects included. The state before, when all views
    /// shared one set of fusion weights, is this mode with `model.fusion: sigmoid_patch_shared`.
    case code2022
  }

  /// Replaces what the mode decides: the method, and at the paper's size also the duration.
  ///
  /// The optimizer of a mode replaces that of a preset. The smaller presets keep their own
  /// batch, steps and warm-up, which the sources state for their own size alone.
  mutating func take(_ mode: Mode) {
    self.mode = mode
    if mode != .default { takeMethodOfBase() }
    switch mode {
    case .default: break
    case .paper: takePaper()
    case .code2022: takeCode2022()
    }
  }

  /// Takes back what a small preset changes besides sizes.
  private mutating func takeMethodOfBase() {
    let base = Configuration()
    augmentation = base.augmentation
    model.radiograph.dropout = base.model.radiograph.dropout
    model.textEncoder.dropout = base.model.textEncoder.dropout
    model.textEncoder.feature = base.model.textEncoder.feature
    model.decoder.dropout = base.model.decoder.dropout
  }

  private mutating func takePaper() {
    data.validation = .paper
    model.radiograph.activation = .relu
    model.radiograph.position = .concatLinear
    model.recurrentConcatenation = .concatLinear
    model.fusion = .softmaxGlobal
    model.contrastFeature = .fused
    loss.contrast = .imageToText
    loss.language = .reportSum
    takeSGD()
  }

  private mutating func takeCode2022() {
    // A vocabulary of the decoder's own, beside that of the text encoder.
    text.decoderVocabularySize = text.vocabularySize
    augmentation.form = .code
    views.sampling = .withReplacement
    views.repeat = .independent
    model.fusion = .sigmoidPatch
    model.contrastFeature = .unfused
    loss.contrast = .code
    takeSGD()
    optimizer.decayNorms = .bert
    optimizer.learningRate.decoder = 3e-3
    // Crops are taken from images of 320 for 224.
    image.resize = image.crop * 10 / 7
    guard preset == .base else { return }
    text.vocabularySize = 28_996
    training.batch = 2
    training.steps = 400_000
  }

  /// The optimizer of both sources, with the warm-up of the preset.
  private mutating func takeSGD() {
    let warmupSteps = optimizer.warmupSteps
    optimizer = Optimizer()
    optimizer.warmupSteps = warmupSteps
  }
}
