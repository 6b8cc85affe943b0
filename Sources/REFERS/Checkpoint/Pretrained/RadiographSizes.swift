import Diagnostics

/// The sizes of a radiograph transformer, as the shapes of its tensors tell them.
struct RadiographSizes {
  /// By the name of each size below `model.radiograph`; one whose tensor is missing is not here.
  private var sizes: [(name: String, value: Int)] = []

  /// - Parameter shapes: tensors by their names below `visual.vit.`.
  init(_ shapes: some Sequence<(name: String, shape: [Int])>) {
    let shapes = Dictionary(shapes.map { ($0.name, $0.shape) }) { first, _ in first }
    func add(_ name: String, _ tensor: String, rank: Int, _ axis: Int) {
      guard let shape = shapes["transformer.\(tensor)"], shape.count == rank else { return }
      sizes.append((name, shape[axis]))
    }
    add("width", "embeddings.cls_token", rank: 3, 2)
    let layer = "transformer.encoder.layer."
    let blocks = Set(
      shapes.keys.lazy.filter { $0.hasPrefix(layer) }
        .compactMap { $0.dropFirst(layer.count).split(separator: ".").first })
    if !blocks.isEmpty { sizes.append(("blocks", blocks.count)) }
    add("mlp", "encoder.layer.0.ffn.fc1.weight", rank: 2, 0)
    add("patch", "embeddings.patch_embeddings.weight", rank: 4, 3)
    add("channels", "embeddings.patch_embeddings.weight", rank: 4, 1)
  }

  /// - Throws: `Failure(.checkpoint)` that names each size in which a file differs from a model.
  static func require(_ file: RadiographSizes, of path: String, as model: RadiographSizes) throws {
    let others = file.sizes.compactMap { size -> (name: String, file: Int, model: Int)? in
      guard let own = model.sizes.first(where: { $0.name == size.name }), own.value != size.value
      else { return nil }
      return (size.name, size.value, own.value)
    }
    guard !others.isEmpty else { return }
    let list = others.map { "\($0.name) \($0.file), not \($0.model)" }.joined(separator: "; ")
    throw Failure(
      .checkpoint, "\(path) is of another size than the model: \(list).",
      remedy: "Give the model its sizes: "
        + others.map { "--set model.radiograph.\($0.name)=\($0.file)" }.joined(separator: " ")
        + ", or name the --preset it was trained with.")
  }
}
