/// Validates pre-training from reports: every study once, in a fixed order, weighted by true counts.
struct ReportValidation: Validation {
  let engine: ReportEngine
  let preparer: StudyPreparer
  let plan: EpochPlan
  let workers: Int
  let prefetch: Int

  /// The studies among which reports are sought.
  static let retrievalLimit = 256

  /// The mean losses: language over tokens (or reports), contrast over studies, in batches of the
  /// training size.
  func callAsFunction() throws -> ValidationResult {
    let steps = plan.steps(ofEpoch: 0)
    let shards = engine.plan
    let loader = try StudyLoader(
      preparer: preparer,
      requests: steps.lazy.map { step in
        LoadRequest(
          epoch: 0, studies: Array(step[shards.studies(ofRank: shards.rank, count: step.count)]),
          training: false)
      }, workers: workers, depth: prefetch)
    var contrast = 0.0
    var language = [Double](repeating: 0, count: engine.directions)
    var tokens = 0.0
    var studies = 0
    var image: [Float] = []
    var text: [Float] = []
    var width = 1
    for step in steps {
      guard let own = try loader.next() else { break }
      let (losses, features) = try engine.evaluate(own, count: step.count)
      contrast += (losses.contrast ?? 0) * Double(step.count)
      studies += step.count
      for (direction, sum) in features.language.enumerated() { language[direction] += sum }
      tokens += features.tokens
      width = features.width
      if image.count / width < Self.retrievalLimit {
        image += features.image
        text += features.text
      }
    }
    let losses = engine.losses(
      contrast: contrast / Double(max(1, studies)), language, tokens: tokens, studies: studies)
    let retrieval = Retrieval(
      image: image, text: text, width: width, limit: Self.retrievalLimit)
    return ValidationResult(
      losses: losses, score: -losses.total, measures: retrieval.measures, studies: studies)
  }
}
