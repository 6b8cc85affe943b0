import COneDNN
import Diagnostics

/// A product of matrices in bfloat16 of one shape, ready to run; used by one thread at a time.
final class OneDNNProduct: @unchecked Sendable {
  /// What a primitive is compiled for.
  struct Shape: Hashable {
    let transposeA: Bool
    let transposeB: Bool
    let m: Int
    let n: Int
    let k: Int
  }

  let shape: Shape
  /// The memory that a run works in.
  let scratchpadBytes: Int
  private let library: OneDNNLibrary
  private let primitive: OneDNNObject
  private let stream: OneDNNObject
  /// A, B, C and the scratchpad, without memory of their own.
  private let memories: [OneDNNObject]
  private let arguments: [onednn_argument_t]
  private let setValues: onednn_set_values
  private let execute: onednn_execute
  private let wait: onednn_wait

  /// Compiles the primitive, or finds it among those that the library remembers.
  ///
  /// - Throws: `Failure(.library)` where the library fails or knows no such product.
  init(
    _ shape: Shape, of library: OneDNNLibrary, on engine: OneDNNObject
  ) throws(Failure) {
    let a = try library.matrix(
      rows: shape.m, columns: shape.k, isTransposed: shape.transposeA, type: onednn_bfloat16)
    let b = try library.matrix(
      rows: shape.k, columns: shape.n, isTransposed: shape.transposeB, type: onednn_bfloat16)
    let c = try library.matrix(
      rows: shape.m, columns: shape.n, isTransposed: false, type: onednn_float32)
    let attributes = try library.attributes()
    let description = try library.matmul(a, b, into: c, attributes: attributes, engine: engine)
    // A handle does not keep its object.
    defer { withExtendedLifetime((a, b, c, attributes, description)) {} }
    primitive = try library.object(
      "dnnl_primitive_create", as: onednn_create_primitive.self,
      destroyedBy: "dnnl_primitive_destroy"
    ) { $0($1, description.handle) }
    stream = try library.object(
      "dnnl_stream_create", as: onednn_create_stream.self, destroyedBy: "dnnl_stream_destroy"
    ) { $0($1, engine.handle, UInt32(onednn_in_order)) }

    let query = try library.functions.function(
      "dnnl_primitive_desc_query_md", as: onednn_query_descriptor.self)
    let byteCount = try library.functions.function(
      "dnnl_memory_desc_get_size", as: onednn_byte_count.self)
    guard let scratchpad = query(description.handle, Int32(onednn_scratchpad_descriptor), 0) else {
      throw library.unusable("dnnl_primitive_desc_query_md knows no scratchpad")
    }
    scratchpadBytes = byteCount(scratchpad)
    var memories: [OneDNNObject] = []
    for descriptor in [UnsafeRawPointer(a.handle), .init(b.handle), .init(c.handle), scratchpad] {
      memories.append(
        try library.object(
          "dnnl_memory_create", as: onednn_create_memory.self, destroyedBy: "dnnl_memory_destroy"
        ) { $0($1, descriptor, engine.handle, nil) })
    }
    arguments = zip(
      [onednn_source, onednn_weights, onednn_destination, onednn_scratchpad], memories
    ).map { onednn_argument_t(argument: Int32($0), memory: $1.handle) }
    setValues = try library.functions.function(
      "dnnl_memory_set_data_handle", as: onednn_set_values.self)
    execute = try library.functions.function("dnnl_primitive_execute", as: onednn_execute.self)
    wait = try library.functions.function("dnnl_stream_wait", as: onednn_wait.self)
    self.memories = memories
    self.library = library
    self.shape = shape
  }

  /// `c ← a b`, all dense.
  ///
  /// - Throws: `Failure(.library)` where the library fails.
  func run(
    a: UnsafeMutableRawPointer, b: UnsafeMutableRawPointer, c: UnsafeMutableRawPointer,
    scratchpad: UnsafeMutableRawPointer
  ) throws(Failure) {
    try set(0, to: a)
    try set(1, to: b)
    try set(2, to: c)
    try set(3, to: scratchpad)
    let status = execute(primitive.handle, stream.handle, Int32(arguments.count), arguments)
    try library.check(status, of: "dnnl_primitive_execute")
    try library.check(wait(stream.handle), of: "dnnl_stream_wait")
  }

  private func set(_ argument: Int, to values: UnsafeMutableRawPointer) throws(Failure) {
    try library.check(
      setValues(memories[argument].handle, values), of: "dnnl_memory_set_data_handle")
  }
}
