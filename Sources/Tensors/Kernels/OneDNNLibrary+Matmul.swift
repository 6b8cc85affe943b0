import COneDNN
import Diagnostics

/// What a product is made from, in versions 2 and 3.
extension OneDNNLibrary {
  /// - Throws: `Failure(.library)` where the version is neither 2 nor 3.
  func checkVersion() throws(Failure) {
    guard major == 2 || major == 3 else {
      throw unusable("versions 2 and 3 are known")
    }
  }

  /// The processor, as what makes products.
  func engine() throws(Failure) -> OneDNNObject {
    try object(
      "dnnl_engine_create", as: onednn_create_engine.self, destroyedBy: "dnnl_engine_destroy"
    ) { $0($1, Int32(onednn_cpu), 0) }
  }

  /// The descriptor of a dense matrix; a transposed one lies in memory with its columns as rows.
  func matrix(
    rows: Int, columns: Int, isTransposed: Bool, type: Int
  ) throws(Failure) -> OneDNNObject {
    let sizes = [Int64(rows), Int64(columns)]
    let strides = isTransposed ? [1, Int64(rows)] : [Int64(columns), 1]
    if major >= 3 {
      return try object(
        "dnnl_memory_desc_create_with_strides", as: onednn3_describe.self,
        destroyedBy: "dnnl_memory_desc_destroy"
      ) { $0($1, 2, sizes, Int32(type), strides) }
    }
    let descriptor = zeroed(onednn2_memory_bytes)
    try call("dnnl_memory_desc_init_by_strides", as: onednn2_describe.self) {
      $0(descriptor.handle, 2, sizes, Int32(type), strides)
    }
    return descriptor
  }

  /// The description of the primitive `c ← a b`.
  func matmul(
    _ a: OneDNNObject, _ b: OneDNNObject, into c: OneDNNObject, attributes: OneDNNObject,
    engine: OneDNNObject
  ) throws(Failure) -> OneDNNObject {
    let destroyer = "dnnl_primitive_desc_destroy"
    if major >= 3 {
      return try object(
        "dnnl_matmul_primitive_desc_create", as: onednn3_create_description.self,
        destroyedBy: destroyer
      ) { $0($1, engine.handle, a.handle, b.handle, nil, c.handle, attributes.handle) }
    }
    let matmul = zeroed(onednn2_matmul_bytes)
    defer { withExtendedLifetime(matmul) {} }
    try call("dnnl_matmul_desc_init", as: onednn2_describe_matmul.self) {
      $0(matmul.handle, a.handle, b.handle, nil, c.handle)
    }
    return try object(
      "dnnl_primitive_desc_create", as: onednn2_create_description.self, destroyedBy: destroyer
    ) { $0($1, matmul.handle, attributes.handle, engine.handle, nil) }
  }

  /// Attributes by which a primitive works in memory of the caller's: what the library keeps for it
  /// may not be used by several threads at a time.
  func attributes() throws(Failure) -> OneDNNObject {
    let attributes = try object(
      "dnnl_primitive_attr_create", as: onednn_create_attributes.self,
      destroyedBy: "dnnl_primitive_attr_destroy"
    ) { $0($1) }
    try call("dnnl_primitive_attr_set_scratchpad_mode", as: onednn_set_mode.self) {
      $0(attributes.handle, Int32(onednn_scratchpad_of_user))
    }
    return attributes
  }

  /// Memory for a descriptor of version 2.
  private func zeroed(_ byteCount: Int) -> OneDNNObject {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return OneDNNObject(bytes) { $0.deallocate() }
  }
}
