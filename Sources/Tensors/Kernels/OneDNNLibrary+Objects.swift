import COneDNN
import Diagnostics

/// An object of oneDNN's, destroyed with the last reference to it.
final class OneDNNObject {
  let handle: onednn_handle
  private let destroy: (onednn_handle) -> Void

  init(_ handle: onednn_handle, destroy: @escaping (onednn_handle) -> Void) {
    self.handle = handle
    self.destroy = destroy
  }

  deinit { destroy(handle) }
}

extension OneDNNLibrary {
  /// Calls a function that returns a status.
  ///
  /// - Throws: `Failure(.library)` where the function is missing or fails.
  func call<Function>(
    _ name: String, as type: Function.Type, _ body: (Function) -> Int32
  ) throws(Failure) {
    try check(body(try functions.function(name, as: type)), of: name)
  }

  /// The object that a function writes to the pointer it is given.
  ///
  /// - Throws: `Failure(.library)` where a function is missing, or no object is made.
  func object<Function>(
    _ name: String, as type: Function.Type, destroyedBy destroyer: String,
    _ body: (Function, UnsafeMutablePointer<onednn_handle?>) -> Int32
  ) throws(Failure) -> OneDNNObject {
    let destroy = try functions.function(destroyer, as: onednn_destroy.self)
    var handle: onednn_handle?
    try call(name, as: type) { body($0, &handle) }
    guard let handle else { throw unusable("\(name) makes nothing") }
    return OneDNNObject(handle) {
      let status = destroy($0)
      assert(status == Int32(onednn_success), "\(destroyer): status \(status)")
    }
  }

  /// - Throws: `Failure(.library)` where the status that a function has returned is no success.
  func check(_ status: Int32, of name: String) throws(Failure) {
    switch Int(status) {
    case onednn_success: return
    case onednn_unimplemented: throw lacksProducts
    default: throw unusable("\(name) fails with status \(status)")
    }
  }

  /// What is thrown where this processor's kernels have no bfloat16.
  var lacksProducts: Failure {
    Failure(
      .library, "this processor has no bfloat16 products (\(name), \(kernel)).",
      remedy: "Set compute.products=float32.")
  }

  /// What is thrown where the library does not do what it should.
  func unusable(_ reason: String) -> Failure {
    Failure(
      .library, "\(name) makes no bfloat16 products: \(reason).",
      remedy: "Set compute.products=float32.")
  }
}
