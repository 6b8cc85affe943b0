import Diagnostics
import Tensors

extension ParameterStore {
  /// Reads the weights of a radiograph transformer; names as in the public checkpoints, with or
  /// without `visual.vit.` and `module.`.
  ///
  /// Positions are resized where the grid differs. The other parts of a whole model, and heads of
  /// classifiers, are left out.
  ///
  /// - Throws: one `Failure` that names the sizes of a model of another size, else every tensor that
  ///   is missing, too many or misshapen.
  package func readRadiograph(from path: String) throws -> [String] {
    let file = try SafetensorsFile(path: path)
    func plain(_ name: String) -> String {
      ["module.", "visual.vit."].reduce(name) {
        $0.hasPrefix($1) ? String($0.dropFirst($1.count)) : $0
      }
    }
    let positions = "transformer.embeddings.position_embeddings"
    let projection = "transformer.embeddings.position_projection."
    var places = places(below: "visual.vit.")
    try RadiographSizes.require(
      RadiographSizes(file.entries.map { (plain($0.name), $0.shape) }), of: path,
      as: RadiographSizes(places.map { ($0.name, $0.shape) }))
    var notices: [String] = []
    if !file.entries.contains(where: { plain($0.name).hasPrefix(projection) }),
      places.contains(where: { $0.name.hasPrefix(projection) })
    {
      places.removeAll { $0.name.hasPrefix(projection) }
      notices.append("\(path) adds positions: their projection starts as the sum")
    }
    var resized: (place: TensorPlace, entry: SafetensorsEntry, side: Int)?
    if let place = places.first(where: { $0.name == positions }),
      let entry = file.entries.first(where: { plain($0.name) == positions }),
      let side = resizableSide(entry, place)
    {
      resized = (place, entry, side)
      places.removeAll { $0.name == positions }
    }
    let others = ["fusion.", "recurrent.", "contrastive_bert.", "textual.", "head."]
    let isWhole = file.entries.contains { $0.name.hasPrefix("visual.vit.") }
    let leftOut = try file.read(
      into: places, named: plain, displayedAs: { isWhole ? "visual.vit." + $0 : $0 },
      leavingOut: { name in
        others.contains { name.hasPrefix($0) } || resized != nil && name == positions
      },
      remedy: "Name a radiograph transformer of the configured size.")
    if let (place, entry, side) = resized {
      let target = PositionGrid.side(rows: place.shape[1]) ?? side
      let values = PositionGrid.resized(
        try file.values(of: entry.name), side: side, to: target, width: place.shape[2])
      _ = place.values.update(fromContentsOf: values)
      notices.append("positions of \(path) resized from \(side)x\(side) to \(target)x\(target)")
    }
    return notices + file.notice(ofLeftOut: leftOut.filter { plain($0) != positions }, by: others)
  }

  /// The side of the file's grid of positions, where it differs from ours and can be resized.
  private func resizableSide(_ entry: SafetensorsEntry, _ place: TensorPlace) -> Int? {
    guard entry.element == .float32, entry.shape.count == 3, place.shape.count == 3,
      entry.shape[0] == 1, entry.shape[2] == place.shape[2], entry.shape[1] != place.shape[1]
    else { return nil }
    return PositionGrid.side(rows: entry.shape[1])
  }

  /// The places of the tensors below a prefix, which their names lose.
  func places(below prefix: String) -> [TensorPlace] {
    places(in: values).filter { $0.name.hasPrefix(prefix) }.map {
      TensorPlace(
        name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, values: $0.values)
    }
  }
}

extension SafetensorsFile {
  /// A sentence on what of the file is not used; none where all is.
  ///
  /// - Parameter parts: beginnings of names, with their dots; what begins so is counted for each.
  func notice(ofLeftOut names: [String], by parts: [String] = []) -> [String] {
    var names = names
    var texts: [String] = []
    for part in parts {
      let own = names.filter { $0.hasPrefix(part) || $0.hasPrefix("module." + part) }
      names.removeAll { own.contains($0) }
      if own.count == 1 { texts += own.map(displayed) }
      if own.count > 1 { texts.append("\(part)* (\(own.count) tensors)") }
    }
    texts += names.map(displayed)
    return texts.isEmpty ? [] : ["left out of \(path): \(texts.joined(separator: ", "))"]
  }
}
