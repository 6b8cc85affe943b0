import Diagnostics

/// A library for matrix products, by the name that a configuration gives it.
public enum MatrixLibrary: String, CaseIterable, Codable, Sendable {
  /// oneDNN where it is installed, else OpenBLAS.
  case auto
  case openblas
  case onednn

  /// Opens the library.
  ///
  /// - Throws: `Failure(.library)` where it is missing.
  public func open() throws(Failure) -> any MatrixMultiply {
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
