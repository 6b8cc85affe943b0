import Determinism
import Tensors

/// Finds what a step needs by going through its largest form without computing.
struct StepRehearsal {
  let model: any TrainedModel
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
      recomputedSegments: cut.recomputedSegments,
      storage: model.configuration.memory.activations)
    arena.begin(pass: largest)
    let pass = arena.passes[largest]
    let places = pass.shards.map { plan.studies(ofShard: $0, count: count) }
    let first = places.first?.lowerBound ?? 0
    try model.rehearse(
      shards: places.map { $0.lowerBound - first..<$0.upperBound - first }, on: tape)
    return Need(
      bytes: rehearsal.workspace.reserved, gradientArenas: arena.arenaCount,
      passes: arena.passes.count, segments: tape.segments)
  }
}
