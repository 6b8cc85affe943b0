import Diagnostics

/// Memory for a tensor of a file.
struct TensorPlace {
  let name: String
  let shape: [Int]
  let values: UnsafeMutableBufferPointer<Float>
}

extension SafetensorsFile {
  /// Reads every tensor of the file to its place.
  ///
  /// - Parameters:
  ///   - name: the name of a place for a name of the file.
  ///   - full: how an error calls a place that the file lacks.
  ///   - leavingOut: whether a tensor, by the name of its place, is not asked for.
  /// - Returns: the names of the tensors left out, as in the file.
  /// - Throws: a `checkpoint` failure, before anything is read, that names all tensors that are
  ///   missing, too many, or of another type or shape.
  @discardableResult
  func read(
    into places: [TensorPlace], named name: (String) -> String = { $0 },
    displayedAs full: (String) -> String = { $0 },
    leavingOut: (String) -> Bool = { _ in false },
    remedy: String = "Use the configuration that the file was written with."
  ) throws -> [String] {
    let wanted = Set(places.map { ByteKey($0.name) })
    var found: [ByteKey: SafetensorsEntry] = [:]
    var leftOut: [String] = []
    var extra: [String] = []
    for entry in entries {
      let key = ByteKey(name(entry.name))
      if wanted.contains(key), found[key] == nil {
        found[key] = entry
      } else if !wanted.contains(key), leavingOut(key.string) {
        leftOut.append(entry.name)
      } else {
        extra.append(displayed(entry.name))
      }
    }
    var missing: [String] = []
    var other: [String] = []
    for place in places {
      guard let entry = found[ByteKey(place.name)] else {
        missing.append(displayed(full(place.name)))
        continue
      }
      if entry.element != .float32 || entry.shape != place.shape {
        other.append(
          "\(displayed(entry.name)) is \(entry.element.rawValue) \(entry.shape), not F32 "
            + "\(place.shape)")
      }
    }
    let faults = [
      missing.isEmpty ? "" : "missing \(missing.joined(separator: ", "))",
      extra.isEmpty ? "" : "not of this model \(extra.joined(separator: ", "))",
      other.joined(separator: ", "),
    ].filter { !$0.isEmpty }
    guard faults.isEmpty else {
      throw Failure(
        .checkpoint,
        "The tensors of \(path) are not those of the model: \(faults.joined(separator: "; ")).",
        remedy: remedy)
    }
    for place in places {
      guard let entry = found[ByteKey(place.name)] else { continue }
      try read(entry.name, shape: place.shape, into: place.values)
    }
    return leftOut
  }
}
