/// Numbers to be saved under a name, lent for the time of the call and never copied.
///
/// One stored parameter may be lent several times, as slices of its rows each under its own name.
public struct NamedTensor {
  /// The name in the file, such as `transformer.embeddings.cls_token`.
  public let name: String
  /// The extents, row-major; empty for a single number.
  public let shape: [Int]
  public let element: SafetensorsElement
  /// The memory of the numbers; its length is checked against `shape` when it is written.
  public let bytes: UnsafeRawBufferPointer

  public init<Scalar: SafetensorsScalar>(
    name: String, shape: [Int], values: UnsafeBufferPointer<Scalar>
  ) {
    self.name = name
    self.shape = shape
    self.element = Scalar.safetensorsElement
    self.bytes = UnsafeRawBufferPointer(values)
  }

  public init(
    name: String, shape: [Int], element: SafetensorsElement, bytes: UnsafeRawBufferPointer
  ) {
    self.name = name
    self.shape = shape
    self.element = element
    self.bytes = bytes
  }
}
