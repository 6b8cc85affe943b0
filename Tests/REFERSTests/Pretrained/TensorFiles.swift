import REFERS

/// Safetensors files made up by tests.
enum TensorFiles {
  static func write(
    _ tensors: [(name: String, shape: [Int], values: [Float])], to path: String
  ) throws {
    let all = tensors.flatMap(\.values)
    try all.withUnsafeBufferPointer { all in
      var start = 0
      let named = tensors.map { tensor in
        defer { start += tensor.values.count }
        return NamedTensor(
          name: tensor.name, shape: tensor.shape,
          values: UnsafeBufferPointer(rebasing: all[start..<start + tensor.values.count]))
      }
      try SafetensorsWriter.write(named, to: path)
    }
  }
}
