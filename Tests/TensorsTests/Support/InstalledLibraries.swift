import Tensors

extension MatrixLibrary {
  /// The libraries that are installed here; OpenBLAS always is.
  static var installed: [MatrixLibrary] {
    [.openblas, .onednn].filter { (try? $0.open()) != nil }
  }
}
