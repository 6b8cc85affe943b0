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
      contrast += losses.contrast * Double(step.count)
      studies += step.count
      for (direction, sum) in features.language.enumerated() { language[direction] += sum }
      tokens += features.tokens
      width = features.width
      if image.count / width < Validation.retrievalLimit {
        image += features.image
        text += features.text
      }
    }
    return Result(
      losses: engine.losses(
        contrast: contrast / Double(max(1, studies)), language, tokens: tokens, studies: studies),
      retrieval: Retrieval(
        image: image, text: text, width: width, limit: Validation.retrievalLimit),
      studies: studies)
  }
}
