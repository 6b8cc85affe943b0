/// Validates on all ranks: every study once, in a fixed order, weighted by true counts.
struct Validation {
  let engine: StepEngine
  let preparer: StudyPreparer
  let plan: EpochPlan
  let workers: Int
  let prefetch: Int

  /// The studies among which reports are sought.
  static let retrievalLimit = 256

  struct Result {
    let losses: Losses
    let retrieval: Retrieval
    let studies: Int
  }

  /// The mean losses: language over tokens (or reports), contrast over studies, in batches of the
  /// training size.
  func callAsFunction() throws -> Result {
    let steps = plan.steps(ofEpoch: 0)
    let shards = engine.plan
    let loader = try StudyLoader(
      preparer: preparer,
      requests: steps.map { step in
        LoadRequest(
          epoch: 0, studies: Array(step[shards.studies(ofRank: shards.rank, count: step.count)]),
          training: false)
      }, workers: workers, depth: prefetch)
    let options = engine.model.configuration.loss
    var contrast = 0.0
    var language: [(sum: Double, count: Double)] = []
    var studies = 0
    var image: [Float] = []
    var text: [Float] = []
    var width = 1
    for step in steps {
      guard let own = try loader.next() else { break }
      let (losses, features) = try engine.evaluate(own, count: step.count)
      contrast += losses.contrast * Double(step.count)
      studies += step.count
      if language.isEmpty { language = features.language.map { _ in (0, 0) } }
      for (direction, part) in features.language.enumerated() {
        language[direction].sum += part.sum
        language[direction].count += part.count
      }
      width = features.width
      if image.count / width < Validation.retrievalLimit {
        image += features.image
        text += features.text
      }
    }
    let contrastMean = contrast / Double(max(1, studies))
    let languageMean = language.reduce(0) {
      $0 + $1.sum / max(1, options.language == .tokenMean ? $1.count : Double(studies))
    }
    return Result(
      losses: Losses(
        total: options.contrastWeight * contrastMean + options.languageWeight * languageMean,
        contrast: contrastMean, language: languageMean),
      retrieval: Retrieval(
        image: image, text: text, width: width, limit: Validation.retrievalLimit),
      studies: studies)
  }
}
