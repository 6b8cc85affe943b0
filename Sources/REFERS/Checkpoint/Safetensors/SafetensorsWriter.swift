import Diagnostics

/// Writes tensors to a safetensors file from where they lie, without a copy of the model.
///
/// The bytes are a function of names, shapes, values and metadata alone, not of the order in which
/// the tensors are given.
public enum SafetensorsWriter {
  /// Writes `tensors` to a new file that its owner alone may read.
  ///
  /// - Parameters:
  ///   - metadata: texts to go with them; `format: pt` is what PyTorch's users expect.
  ///   - path: a file that is not there yet.
  /// - Returns: the file's SHA-256 in hexadecimal, computed on the way.
  /// - Throws: a `checkpoint` failure that names the tensor whose name is taken or whose memory
  ///   does not fit its shape, before anything is written; a `file` failure when the system
  ///   refuses.
  @discardableResult
  public static func write(
    _ tensors: [NamedTensor], metadata: [String: String] = ["format": "pt"], to path: String
  ) throws -> String {
    let (header, ordered) = try SafetensorsHeader.laidOut(tensors, metadata: metadata)
    let encoded = try header.encoded()
    let file = try PrivateFile(creating: path)
    try encoded.withUnsafeBytes { try file.write($0) }
    for tensor in ordered {
      do {
        try file.write(tensor.bytes)
      } catch let failure as Failure {
        throw failure.within("tensor \(displayed(tensor.name))")
      }
    }
    return try file.finish()
  }
}
