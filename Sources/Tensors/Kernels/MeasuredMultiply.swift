import Synchronization

/// Another library's products, counted and timed while asked to.
public final class MeasuredMultiply: MatrixMultiply {
  /// What products have cost, over all threads.
  public struct Measure: Sendable {
    /// Floating-point operations, 2 m n k each.
    public internal(set) var operations = 0
    /// Seconds of all threads together.
    public internal(set) var seconds = 0.0

    public init() {}
  }

  private let library: any MatrixMultiply
  private let isMeasuring = Atomic<Bool>(false)
  private let operations = Atomic<Int>(0)
  private let nanoseconds = Atomic<Int>(0)

  public init(_ library: any MatrixMultiply) { self.library = library }

  public var identity: String { library.identity }

  /// What the products of `body` cost.
  public func measure(_ body: () throws -> Void) rethrows -> Measure {
    operations.store(0, ordering: .relaxed)
    nanoseconds.store(0, ordering: .relaxed)
    isMeasuring.store(true, ordering: .relaxed)
    defer { isMeasuring.store(false, ordering: .relaxed) }
    try body()
    var measure = Measure()
    measure.operations = operations.load(ordering: .relaxed)
    measure.seconds = Double(nanoseconds.load(ordering: .relaxed)) * 1e-9
    return measure
  }

  public func multiply(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
    a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    let measures = isMeasuring.load(ordering: .relaxed)
    let start = measures ? ContinuousClock.now : nil
    library.multiply(
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a,
      strideA: strideA, b: b, strideB: strideB, beta: beta, c: c, strideC: strideC)
    guard let start else { return }
    let spent = (ContinuousClock.now - start).components
    operations.wrappingAdd(2 * m * n * k, ordering: .relaxed)
    nanoseconds.wrappingAdd(
      Int(spent.seconds) * 1_000_000_000 + Int(spent.attoseconds / 1_000_000_000),
      ordering: .relaxed)
  }
}
