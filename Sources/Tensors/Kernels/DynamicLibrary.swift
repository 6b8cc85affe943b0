import Diagnostics
import Foundation

/// A library that is opened at run time and stays open.
struct DynamicLibrary {
  private let name: String
  private let package: String
  private let handle: UnsafeMutableRawPointer

  /// Opens the first of the files that is there.
  ///
  /// - Parameters:
  ///   - name: the library as a person calls it.
  ///   - package: what to install where it is missing.
  /// - Throws: `Failure(.library)` where none can be opened.
  init(_ name: String, files: [String], package: String) throws(Failure) {
    self.name = name
    self.package = package
    var reason = "no reason given"
    for file in files {
      if let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) {
        self.handle = handle
        return
      }
      reason = dlerror().map { String(cString: $0) } ?? reason
    }
    throw Failure(
      .library, "\(name) cannot be loaded: \(reason).", remedy: "Install Debian's \(package).")
  }

  /// The function of a name; `as` is its type.
  ///
  /// - Throws: `Failure(.library)` where the library has none.
  func function<Function>(_ symbol: String, as: Function.Type) throws(Failure) -> Function {
    guard let address = dlsym(handle, symbol) else {
      throw Failure(
        .library, "\(name) has no function \(symbol).", remedy: "Install Debian's \(package).")
    }
    return unsafeBitCast(address, to: Function.self)
  }
}
