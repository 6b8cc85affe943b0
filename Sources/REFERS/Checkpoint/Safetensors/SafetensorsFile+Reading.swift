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
  /// - Throws: a `checkpoint` failure, before anything is read, that names all tensors that are
  ///   missing, too many, or of another type or shape.
  func read(into places: [TensorPlace]) throws {
    var missing: [String] = []
    var other: [String] = []
    for place in places {
      guard let entry = entry(named: place.name) else {
        missing.append(displayed(place.name))
        continue
      }
      if entry.element != .float32 || entry.shape != place.shape {
        other.append(
          "\(displayed(place.name)) is \(entry.element.rawValue) \(entry.shape), not F32 "
            + "\(place.shape)")
      }
    }
    let wanted = Set(places.map { ByteKey($0.name) })
    let extra = entries.filter { !wanted.contains(ByteKey($0.name)) }.map { displayed($0.name) }
    let faults = [
      missing.isEmpty ? "" : "missing \(missing.joined(separator: ", "))",
      extra.isEmpty ? "" : "not of this model \(extra.joined(separator: ", "))",
      other.joined(separator: ", "),
    ].filter { !$0.isEmpty }
    guard faults.isEmpty else {
      throw Failure(
        .checkpoint,
        "The tensors of \(path) are not those of the model: \(faults.joined(separator: "; ")).",
        remedy: "Use the configuration that the file was written with.")
    }
    for place in places { try read(place.name, shape: place.shape, into: place.values) }
  }
}
