import Determinism
import Diagnostics

/// oneDNN's products of matrices rounded to bfloat16, summed in single precision; held to one
/// thread.
///
/// Up to twice the speed of single precision, where the processor has such products. Operands are
/// rounded to the nearest, ties to even. A result has the same bits wherever C lies and however
/// its rows are apart.
public struct OneDNNBFloat16: MatrixMultiply {
  private let pool: OneDNNPool
  public let identity: String

  /// Opens the library, once for the process.
  ///
  /// - Throws: `Failure(.library)` where it is missing or unfit, or the processor has no such
  ///   products.
  public init() throws(Failure) { self = try OneDNNBFloat16.shared.get() }

  private static let shared = Result<OneDNNBFloat16, Failure> { () throws(Failure) in
    try OneDNNBFloat16(checksProcessor: true)
  }

  /// - Parameter checksProcessor: false takes products that are slowly made of others too, which
  ///   the library has for AVX-512.
  package init(checksProcessor: Bool) throws(Failure) {
    let library = try OneDNNLibrary.open()
    try library.checkVersion()
    guard library.hasBFloat16 || !checksProcessor else { throw library.lacksProducts }
    pool = OneDNNPool(library, engine: try library.engine())
    identity = "\(library.name) (\(library.kernel), bfloat16 products)"
    try check(library)
  }

  public func multiply(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
    a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    guard m > 0, n > 0 else { return }
    do {
      try product(
        transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a,
        strideA: strideA, b: b, strideB: strideB, beta: beta, c: c, strideC: strideC)
    } catch {
      // For want of memory, in a kernel that cannot throw: the watch over what is not finite ends
      // the step.
      for row in 0..<m { (c + row * strideC).update(repeating: .nan, count: n) }
    }
  }

  /// The product, or why there is none.
  func product(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
    a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, strideC: Int
  ) throws {
    guard k > 0 else {
      for row in 0..<m { OneDNNBFloat16.scale(c + row * strideC, by: beta, count: n) }
      return
    }
    // Others go by a dense C and a pass over it: the library's kernels that add to C are no faster,
    // those for a C with gaps are slower and sum in another order.
    let isDirect = (strideC == n || m == 1) && alpha == 1 && beta == 0
    let loan = try pool.take(
      OneDNNProduct.Shape(transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k))
    defer { pool.giveBack(loan) }
    let (packedA, packedB, dense, scratchpad) = try loan.scratch.parts(
      (2 * m * k, 2 * k * n, isDirect ? 0 : 4 * m * n, loan.product.scratchpadBytes))
    OneDNNBFloat16.pack(
      a, rows: transposeA ? k : m, columns: transposeA ? m : k, stride: strideA, into: packedA)
    OneDNNBFloat16.pack(
      b, rows: transposeB ? n : k, columns: transposeB ? k : n, stride: strideB, into: packedB)
    try loan.product.run(
      a: packedA, b: packedB, c: isDirect ? UnsafeMutableRawPointer(c) : dense,
      scratchpad: scratchpad)
    if isDirect { return }
    let sums = UnsafePointer(dense.bindMemory(to: Float.self, capacity: m * n))
    for row in 0..<m {
      let (sum, target) = (sums + row * n, c + row * strideC)
      OneDNNBFloat16.combine(sum, times: alpha, with: target, times: beta, count: n)
    }
  }

  /// `y ← α x + β y`; without a look at `y` where β is zero.
  private static func combine(
    _ x: UnsafePointer<Float>, times alpha: Float, with y: UnsafeMutablePointer<Float>,
    times beta: Float, count: Int
  ) {
    let whole = count & ~15
    if beta == 0 {
      for i in stride(from: 0, to: whole, by: 16) { y.store(alpha * x.vector(i), i) }
      for i in whole..<count { y[i] = alpha * x[i] }
    } else {
      for i in stride(from: 0, to: whole, by: 16) {
        y.store(beta * y.vector(i) + alpha * x.vector(i), i)
      }
      for i in whole..<count { y[i] = beta * y[i] + alpha * x[i] }
    }
  }

  /// `x ← factor x`; zeros, whatever was there, where the factor is zero.
  private static func scale(_ x: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
    if factor == 0 {
      x.update(repeating: 0, count: count)
    } else {
      Elementwise.scale(x, by: factor, into: x, count: count)
    }
  }

  /// Rounds rows that are `stride` apart into dense ones.
  private static func pack(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    into y: UnsafeMutableRawPointer
  ) {
    let halves = y.bindMemory(to: BFloat16.self, capacity: rows * columns)
    if stride == columns {
      BFloat16.pack(x, into: halves, count: rows * columns)
    } else {
      for row in 0..<rows {
        BFloat16.pack(x + row * stride, into: halves + row * columns, count: columns)
      }
    }
  }
}
