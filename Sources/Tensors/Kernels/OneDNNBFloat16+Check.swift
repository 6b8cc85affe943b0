import Determinism
import Diagnostics

extension OneDNNBFloat16 {
  /// Makes a few small products and compares them with plain loops.
  ///
  /// - Throws: `Failure(.library)` where the library fails or is wrong.
  func check(_ library: OneDNNLibrary) throws(Failure) {
    for (m, n, k) in [(1, 1, 1), (5, 7, 3), (33, 65, 197), (64, 48, 128)] {
      for (transposeA, transposeB) in [(false, false), (false, true), (true, false)] {
        for beta in [0, 1] as [Float] {
          var random = CounterRandom(seed: 16, UInt64(m))
          let a = (0..<m * k).map { _ in random.uniform() - 0.5 }
          let b = (0..<k * n).map { _ in random.uniform() - 0.5 }
          let start = (0..<m * n).map { _ in random.uniform() - 0.5 }
          var c = start
          do {
            try product(
              transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: 1, a: a,
              strideA: transposeA ? m : k, b: b, strideB: transposeB ? k : n, beta: beta, c: &c,
              strideC: n)
          } catch {
            throw (error as? Failure) ?? library.unusable("\(error)")
          }
          for i in 0..<m {
            for j in 0..<n {
              var sum = Double(beta * start[i * n + j])
              var size = abs(sum)
              for l in 0..<k {
                let x = BFloat16(a[transposeA ? l * m + i : i * k + l]).float
                let y = BFloat16(b[transposeB ? j * k + l : l * n + j]).float
                sum += Double(x) * Double(y)
                size += abs(Double(x) * Double(y))
              }
              guard abs(Double(c[i * n + j]) - sum) <= 1e-5 * size else {
                throw library.unusable("a product of \(m) x \(n) x \(k) is wrong")
              }
            }
          }
        }
      }
    }
  }
}
