import Tensors

/// The vision transformer that reads one radiograph (REFERS sec. 1).
///
/// An image of `crop` x `crop` pixels becomes N = (crop / patch)² patch tokens and, first, an
/// aggregation (class) token; the result is [images, 1 + N, width] after the final norm. Tensors
/// are saved under the names of the public checkpoints, `visual.vit.transformer.…`.
public struct RadiographTransformer {
  let pixels: PatchPixels
  let patchEmbedding: Linear
  let classToken: Parameter
  let positions: Parameter
  /// Joins patch and position vectors in the paper's form; nil where they are added.
  let positionProjection: Linear?
  let blocks: [RadiographBlock]
  let norm: LayerNorm
  let dropout: Dropout?
  public let patches: Int
  public let width: Int

  static let prefix = "visual.vit.transformer"

  init(_ configuration: Configuration, in store: ParameterStore) {
    let options = configuration.model.radiograph
    let group = ParameterGroup.radiograph.rawValue
    let side = configuration.image.crop / options.patch
    let name = RadiographTransformer.prefix
    patches = side * side
    width = options.width
    pixels = PatchPixels(patch: options.patch, channels: options.channels)
    classToken = store.declare(
      "\(name).embeddings.cls_token", rows: 1, columns: width, shape: [1, 1, width],
      group: group, .zeros)
    positions = store.declare(
      "\(name).embeddings.position_embeddings", rows: 1 + patches, columns: width,
      shape: [1, 1 + patches, width], group: group, .normal(Float(options.positionDeviation)))
    patchEmbedding = Linear(
      "\(name).embeddings.patch_embeddings", inputs: pixels.width, outputs: width,
      shape: [width, options.channels, options.patch, options.patch], group: group,
      weight: .linear(fanIn: pixels.width), bias: .linear(fanIn: pixels.width), in: store)
    positionProjection =
      options.position == .add
      ? nil
      : Linear(
        "\(name).embeddings.position_projection", inputs: 2 * width, outputs: width, group: group,
        weight: .identityPair, in: store)
    blocks = (0..<options.blocks).map {
      RadiographBlock("\(name).encoder.layer.\($0)", options: options, in: store)
    }
    norm = LayerNorm(
      "\(name).encoder.encoder_norm", width: width, epsilon: 1e-6, group: group, in: store)
    dropout = Dropout(rate: options.dropout, at: "\(name).embeddings")
  }

  /// The tokens of every image, class token first.
  func callAsFunction(_ images: [GrayImage], packing: Packing, on tape: Tape) throws -> Variable {
    let input = try tape.input(columns: pixels.width, packing: packing) { target in
      tape.compute.team.forEach(images.count) { index, _ in
        pixels.write(images[index], to: target + packing.offsets[index] * pixels.width)
      }
    }
    let patches = try patchEmbedding(input, on: tape)
    var x: Variable
    if let positionProjection {
      x = try tape.prependClass(patches, classToken: classToken, positions: nil)
      x = try positionProjection(tape.appendPositions(x, positions: positions), on: tape)
      x = try tape.dropout(x, dropout)
    } else {
      x = try tape.prependClass(
        patches, classToken: classToken, positions: positions, dropout: dropout)
    }
    for block in blocks { x = try tape.segment(x) { try block($0, on: tape) } }
    return try norm(x, on: tape)
  }
}
