import Diagnostics

/// A library for matrix products, by the name that a configuration gives it.
public enum MatrixLibrary: String, CaseIterable, Codable, Sendable {
  /// oneDNN where it is installed, else OpenBLAS.
  case auto
  case openblas
  case onednn

  /// Opens the library.
  ///
  /// - Parameter products: what the factors are rounded to.
  /// - Throws: `Failure(.library)` where it is missing, or has no such products.
  public func open(
    products: StoragePrecision = .float32
  ) throws(Failure) -> any MatrixMultiply {
    if products == .bfloat16 {
      guard self != .openblas else {
        throw Failure(
          .library, "OpenBLAS has no products of bfloat16 with sums in single precision.",
          remedy: "Set compute.products=float32, or compute.blas=onednn.")
      }
      return try OneDNNBFloat16()
    }
    switch self {
    case .auto:
      do { return try OneDNN() } catch { return try OpenBLAS() }
    case .openblas: return try OpenBLAS()
    case .onednn: return try OneDNN()
    }
  }

  /// The library that an ``MatrixMultiply/identity`` is of; nil for none of these.
  public init?(ofIdentity identity: String) {
    if identity.hasPrefix("oneDNN") {
      self = .onednn
    } else if identity.hasPrefix("OpenBLAS") {
      self = .openblas
    } else {
      return nil
    }
  }
}
