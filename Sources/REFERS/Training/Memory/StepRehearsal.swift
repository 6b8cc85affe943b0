import Determinism
import Tensors

/// Finds what a step needs by going through its largest form without computing.
struct StepRehearsal {
  let model: REFERSModel
  let compute: Compute
  let plan: ShardPlan

  struct Need {
    /// Bytes of activations and their gradients.
    let bytes: Int
    let gradientArenas: Int
    let passes: Int
    /// Segments of the model.
    let segments: Int
  }

  /// The most shards of a pass, from all together down to one; of a wanted number of parts, the one
  /// that gives as many or more.
  func passSizes(parts: Int) -> [Int?] {
    let own = max(1, plan.own.count)
    if parts == 1 { return [nil] }
    if parts > 1 {
      var size = 1
      while size * 2 * parts <= own { size *= 2 }
      return [size]
    }
    var sizes: [Int?] = [nil]
    var size = 1 << (Int.bitWidth - 1 - own.leadingZeroBitCount)
    if size == own { size /= 2 }
    while size >= 1 {
      sizes.append(size)
      size /= 2
    }
    return sizes
  }

  /// A step of the batch's size whose studies all have as many images and words as there may be.
  func callAsFunction(_ cut: StepCut) throws -> Need {
    let count = model.configuration.training.batch
    let arena = try GradientArena(
      parameters: model.parameters, tree: plan.tree, shards: plan.own, passShards: cut.shards)
    let rehearsal = compute.rehearsal()
    func studies(_ pass: Int) -> Int {
      let shards = arena.passes[pass].shards
      return plan.studies(ofShard: shards.upperBound - 1, count: count).upperBound
        - plan.studies(ofShard: shards.lowerBound, count: count).lowerBound
    }
    let largest = arena.passes.indices.max { studies($0) < studies($1) } ?? 0

    let tape = Tape(
      compute: rehearsal, parameters: model.parameters, gradients: arena,
      recomputedSegments: cut.recomputedSegments)
    arena.begin(pass: largest)
    let outputs = try model.forward(batch(arena.passes[largest], count: count), on: tape)
    let width = outputs.image.value.columns
    let row = [Float](repeating: 0, count: outputs.image.value.rows * width)
    for variable in [outputs.image, outputs.text] { try tape.seed(variable, gradient: row) }
    try tape.backward()
    return Need(
      bytes: rehearsal.workspace.reserved, gradientArenas: arena.arenaCount,
      passes: arena.passes.count, segments: tape.segments)
  }

  private func batch(_ pass: GradientPass, count: Int) -> StudyBatch {
    let configuration = model.configuration
    let side = configuration.image.crop
    let slots = ViewFusion.slots(configuration)
    let image = GrayImage(
      width: side, height: side, pixels: [Float](repeating: 0, count: side * side))
    let tokens = [Int32](repeating: 0, count: configuration.text.maxTokens)
    let study = PreparedStudy(
      index: 0, key: 0, images: Array(repeating: image, count: slots), slots: Array(0..<slots),
      encoderTokens: tokens, decoderTokens: tokens)
    let places = pass.shards.map { plan.studies(ofShard: $0, count: count) }
    let first = places.first?.lowerBound ?? 0
    let last = places.last?.upperBound ?? 0
    return StudyBatch(
      Array(repeating: study, count: last - first),
      shards: places.map { $0.lowerBound - first..<$0.upperBound - first },
      patches: model.radiograph.patches)
  }
}
