import Determinism
import Tensors
import TestSupport

/// One product of random matrices, with what it should be for operands rounded to bfloat16.
struct MatrixProduct {
  static let shapes = [(5, 7, 3), (1, 1, 1), (33, 65, 197), (130, 48, 1), (4, 300, 70)]
  static let transposes = [(false, false), (false, true), (true, false), (true, true)]

  let m: Int
  let n: Int
  let k: Int
  let transposed: (Bool, Bool)
  let alpha: Float
  let beta: Float
  /// Columns behind the rows of each matrix, which belong to others.
  let gap: Int
  /// Floats in front of C.
  var offset = 0
  var a: [Float] = []
  var b: [Float] = []
  var c: [Float] = []

  init(
    _ shape: (Int, Int, Int), _ transposed: (Bool, Bool), alpha: Float, beta: Float, gap: Int = 0
  ) {
    (m, n, k) = shape
    self.transposed = transposed
    self.alpha = alpha
    self.beta = beta
    self.gap = gap
    // The values without their gaps are those of every gap.
    var random = CounterRandom(seed: 5, UInt64(m), UInt64(n), UInt64(k))
    func values(_ rows: Int, _ columns: Int) -> [Float] {
      (0..<rows).flatMap { _ in
        (0..<columns).map { _ in random.uniform(-1, 1) } + [Float](repeating: 9, count: gap)
      }
    }
    a = transposed.0 ? values(k, m) : values(m, k)
    b = transposed.1 ? values(n, k) : values(k, n)
    c = values(m, n)
  }

  var strideA: Int { (transposed.0 ? m : k) + gap }
  var strideB: Int { (transposed.1 ? k : n) + gap }
  var strideC: Int { n + gap }

  /// C afterwards, with what lies between its rows.
  func run(_ library: any MatrixMultiply) -> [Float] {
    var result = [Float](repeating: 0, count: offset) + c
    result.withUnsafeMutableBufferPointer { result in
      guard let start = result.baseAddress else { return }
      multiply(library, into: start + offset)
    }
    return Array(result[offset...])
  }

  /// The bits of C afterwards.
  func bits(_ library: any MatrixMultiply) -> [UInt32] {
    let values = run(library)
    return (0..<m * n).map { values[$0 / n * strideC + $0 % n].bitPattern }
  }

  /// The median of some runs.
  func seconds(_ library: any MatrixMultiply) -> Double {
    var c = c
    let times = (0..<7).map { _ in
      ContinuousClock().measure { multiply(library, into: &c) } / .seconds(1)
    }
    return times.sorted()[3]
  }

  private func multiply(_ library: any MatrixMultiply, into c: UnsafeMutablePointer<Float>) {
    library.multiply(
      transposeA: transposed.0, transposeB: transposed.1, m: m, n: n, k: k, alpha: alpha, a: a,
      strideA: strideA, b: b, strideB: strideB, beta: beta, c: c, strideC: strideC)
  }

  /// Fails unless the values are those of rounded operands, to 1e-5 of what was added up, and what
  /// lies between the rows is untouched.
  func expectCorrect(_ values: [Float], _ what: String) {
    for i in 0..<m {
      for j in 0..<n {
        var sum = 0.0
        var size = 0.0
        for l in 0..<k {
          let x = BFloat16(a[transposed.0 ? l * strideA + i : i * strideA + l]).float
          let y = BFloat16(b[transposed.1 ? j * strideB + l : l * strideB + j]).float
          sum += Double(x) * Double(y)
          size += abs(Double(x) * Double(y))
        }
        let start = Double(beta) * Double(c[i * strideC + j])
        let wanted = Double(alpha) * sum + start
        size = abs(Double(alpha)) * size + abs(start)
        let value = Double(values[i * strideC + j])
        expect(abs(value - wanted) <= 1e-5 * size, "\(what): \(i), \(j): \(value) for \(wanted)")
      }
      let between = i * strideC + n..<(i + 1) * strideC
      expect(values[between] == c[between], "\(what): behind row \(i)")
    }
  }
}
