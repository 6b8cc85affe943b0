import Tensors

/// What a step's losses send back to features and reports, as far as it takes all ranks to know.
struct StepSeeds {
  let image: [Float]
  let text: [Float]
  /// What a token's loss counts in the total.
  let languageScale: Float

  init(
    _ contrast: ContrastiveLoss.Result, tokens: Int, studies: Int, options: Configuration.Loss
  ) {
    let weight = Float(options.contrastWeight)
    image = contrast.image.map { $0 * weight }
    text = contrast.text.map { $0 * weight }
    languageScale = Float(
      options.languageWeight
        / StepSeeds.divisor(Double(tokens), studies: studies, options.language))
  }

  /// What the sum of the tokens' losses is divided by: tokens, or reports.
  static func divisor(
    _ tokens: Double, studies: Int, _ language: Configuration.Loss.Language
  ) -> Double {
    language == .tokenMean ? max(1, tokens) : Double(max(1, studies))
  }

  /// Sets the gradients of outputs whose first study is number `first` of the step.
  ///
  /// A part without studies is given its empty gradients too, so that every rank walks back over
  /// the same operations in the same order.
  func apply(to outputs: REFERSModel.Outputs, at first: Int, on tape: Tape) throws {
    for (variable, gradient) in [(outputs.image, image), (outputs.text, text)] {
      try gradient.withUnsafeBufferPointer { all in
        guard let start = all.baseAddress else { return }
        try tape.seed(variable, gradient: start + first * variable.value.columns)
      }
    }
    for loss in outputs.language { loss.scale = languageScale }
  }
}
