import Tensors

/// How the views of a study become the memory from which its report is written, and the feature
/// that is matched with its report (REFERS sec. 2).
///
/// With gⱼ the aggregation token and rⱼ the rows (after recurrent concatenation) of slot j:
///
/// | form | weights | memory | feature |
/// |---|---|---|---|
/// | `softmax_global` | a = softmax(MLP([g₁; g₂; g₃])) | aⱼ rⱼ | [a₁ g₁; a₂ g₂; a₃ g₃] |
/// | `sigmoid_patch` | wⱼᵢ = σ(fcⱼ [r₁ᵢ; r₂ᵢ; r₃ᵢ]) | wⱼᵢ rⱼᵢ | [g₁; g₂; g₃] |
/// | `sigmoid_patch_shared` | the same, fc₁ for all j | | |
/// | `none` | one slot | r₁ | g₁ |
///
/// To add a form: a case in `Configuration.Model.Fusion`, its parameters here, its weights in
/// ``weights(views:rows:batch:on:)``.
struct ViewFusion {
  let form: Configuration.Model.Fusion
  let feature: Configuration.Model.ContrastFeature
  /// View slots of a study.
  private let slots: Int
  private let layers: Layers

  private enum Layers {
    case global(Linear, Linear)
    case patch(Linear)
    case nothing
  }

  /// What fusion makes of a batch.
  struct Result {
    /// [studies, slots · rows, width].
    let memory: Variable
    /// [studies, slots · width].
    let feature: Variable
  }

  init(_ configuration: Configuration, in store: ParameterStore) {
    form = configuration.model.fusion
    feature = configuration.model.contrastFeature
    let width = configuration.model.radiograph.width
    let group = ParameterGroup.fusion.rawValue
    slots = ViewFusion.slots(configuration)
    switch form {
    case .softmaxGlobal:
      layers = .global(
        Linear(
          "fusion.mlp.0", inputs: slots * width, outputs: width, group: group,
          weight: .linear(fanIn: slots * width), bias: .linear(fanIn: slots * width), in: store),
        Linear(
          "fusion.mlp.2", inputs: width, outputs: slots, group: group,
          weight: .linear(fanIn: width), bias: .linear(fanIn: width), in: store))
    case .sigmoidPatch, .sigmoidPatchShared:
      layers = .patch(
        Linear(
          joined: (1...slots).map { "fusion.fc\($0)" }, inputs: slots * width, outputs: 1,
          group: group, weight: .linear(fanIn: slots * width),
          bias: .linear(fanIn: slots * width), in: store))
    case .none: layers = .nothing
    }
  }

  /// The number of view slots of a study.
  static func slots(_ configuration: Configuration) -> Int {
    configuration.model.fusion == .none ? 1 : 3
  }

  /// - Parameters:
  ///   - tokens: [images, 1 + N, width], the radiograph transformer's.
  ///   - rows: what recurrent concatenation made of them.
  func callAsFunction(
    tokens: Variable, rows: Variable, batch: StudyBatch, on tape: Tape
  ) throws -> Result {
    let views = try tape.gather(
      tokens, rows: batch.slots.map { tokens.packing.offsets[$0] }, perRow: slots,
      packing: batch.packing)
    let weights = try weights(views: views, rows: rows, batch: batch, on: tape)
    let memory = try tape.slotRows(
      rows, slots: batch.slots, perStudy: slots, weights: weights,
      studies: batch.packing)
    guard form == .softmaxGlobal, feature == .fused, let weights else {
      return Result(memory: memory, feature: views)
    }
    return Result(memory: memory, feature: try tape.scaleSlots(views, by: weights))
  }

  /// [studies, slots] or [studies · rows, slots]; nil where every view counts fully.
  private func weights(
    views: Variable, rows: Variable, batch: StudyBatch, on tape: Tape
  ) throws -> Variable? {
    switch layers {
    case .nothing: return nil
    case .global(let first, let second):
      let hidden = try first(views, on: tape, activation: .relu)
      return try tape.softmaxRows(second(hidden, on: tape))
    case .patch(let layer):
      let length = rows.packing.sequences == 0 ? 0 : rows.packing.offsets[1]
      let packing = batch.packing.with(
        lengths: Array(repeating: length, count: batch.packing.sequences))
      var sources: [Int] = []
      sources.reserveCapacity(packing.rows * slots)
      for study in 0..<packing.sequences {
        for place in 0..<length {
          for slot in 0..<slots {
            sources.append(rows.packing.offsets[batch.slots[study * slots + slot]] + place)
          }
        }
      }
      let together = try tape.gather(rows, rows: sources, perRow: slots, packing: packing)
      let band = form == .sigmoidPatchShared ? 0..<1 : nil
      return try layer(together, on: tape, band: band, activation: .sigmoid)
    }
  }
}
