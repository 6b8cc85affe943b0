import Foundation
import References
import Tensors
import TestSupport
import XCTest

/// The libraries for matrix products against a plain product in double precision.
final class MatrixLibraryTests: XCTestCase {
  func testProducts() throws {
    for library in MatrixLibrary.installed {
      let blas = try library.open()
      withEvery(
        "\(library)",
        [
          (5, 7, 3), (1, 1, 1), (33, 65, 197), (130, 48, 1), (4, 300, 70), (7, 1024, 9),
          (280, 560, 5),
        ],
        "transposed", [(false, false), (false, true), (true, false), (true, true)]
      ) { shape, transposed in
        let (m, n, k) = shape
        let trial = try Trial(UInt64(m * n * k))
        let (a, b, start) = (trial.values(m * k), trial.values(k * n), trial.values(m * n))
        var c = start
        blas.multiply(
          transposeA: transposed.0, transposeB: transposed.1, m: m, n: n, k: k, alpha: 0.5, a: a,
          strideA: transposed.0 ? m : k, b: b, strideB: transposed.1 ? k : n, beta: 1, c: &c,
          strideC: n)
        for i in 0..<m {
          for j in 0..<n {
            let sum = (0..<k).reduce(0.0) { sum, l in
              let x = a[transposed.0 ? l * m + i : i * k + l]
              let y = b[transposed.1 ? j * k + l : l * n + j]
              return sum + Double(x) * Double(y)
            }
            let wanted = Double(start[i * n + j]) + 0.5 * sum
            expect(abs(Double(c[i * n + j]) - wanted) < 1e-6 * Double(k + 8), "\(i), \(j)")
          }
        }
      }
    }
  }

  func testNames() throws {
    for library in MatrixLibrary.installed {
      let identity = try library.open().identity
      XCTAssertEqual(MatrixLibrary(ofIdentity: identity), library, identity)
      XCTAssertNotNil(
        identity.wholeMatch(of: #/(OpenBLAS|oneDNN) \d+\.\d+.* \([A-Za-z0-9_., ]+\)/#), identity)
    }
    XCTAssertNil(MatrixLibrary(ofIdentity: "another 1.0 (kernel)"))
    let auto = try MatrixLibrary.auto.open().identity
    XCTAssertEqual(MatrixLibrary(ofIdentity: auto), MatrixLibrary.installed.last)
  }

  /// The library alone would take a kernel for SSE3 on processors younger than itself.
  func testOpenBLASTakesTheKernelOfThisProcessor() throws {
    let identity = try OpenBLAS().identity
    guard let best = OpenBLAS.bestKernel else {
      throw XCTSkip("This processor has no AVX2; the library's own choice stands.")
    }
    let chosen = getenv("OPENBLAS_CORETYPE").map { String(cString: $0) }
    try XCTSkipIf(chosen != best, "OPENBLAS_CORETYPE asks for another kernel.")
    XCTAssertTrue(identity.hasSuffix("(\(best))"), identity)
  }

  func testThinProductsThatOneDNNIsSlowAt() {
    func isSlow(_ m: Int, _ n: Int, _ transposed: (Bool, Bool), stride: Int) -> Bool {
      OneDNN.Thinness.isSlow(
        transposeA: transposed.0, transposeB: transposed.1, m: m, n: n, strideB: stride)
    }
    let (forward, back, gradient) = ((false, true), (false, false), (true, false))
    XCTAssertFalse(isSlow(65, 3072, forward, stride: 768))
    XCTAssertTrue(isSlow(65, 3072, back, stride: 3072))
    XCTAssertFalse(isSlow(65, 768, back, stride: 768))
    XCTAssertTrue(isSlow(394, 768, back, stride: 768))
    XCTAssertFalse(isSlow(591, 768, back, stride: 768))
    XCTAssertTrue(isSlow(192, 3072, gradient, stride: 3072))
    XCTAssertFalse(isSlow(512, 768, gradient, stride: 768))
    // Heads of attention.
    XCTAssertFalse(isSlow(197, 64, gradient, stride: 2304))
  }

  /// On AVX2 alone, where what OpenBLAS takes belongs to the record of a run.
  func testOneDNNSaysThatItLeavesProductsToOpenBLAS() throws {
    guard let identity = try? OneDNN().identity else { throw XCTSkip("There is no oneDNN.") }
    let both = #/oneDNN \S+ \(avx2[a-z_]*, thin products by OpenBLAS \S+ \w+\)/#
    XCTAssertEqual(identity.contains("(avx2"), identity.wholeMatch(of: both) != nil, identity)
  }

  func testWhatProductsCostIsCounted() throws {
    let products = MeasuredMultiply(try MatrixLibrary.auto.open())
    let a = [Float](repeating: 1, count: 64 * 64)
    var c = a
    func multiply() {
      products.multiply(
        transposeA: false, transposeB: false, m: 64, n: 64, k: 64, alpha: 1, a: a, strideA: 64,
        b: a, strideB: 64, beta: 0, c: &c, strideC: 64)
    }
    let measure = products.measure { for _ in 0..<3 { multiply() } }
    XCTAssertEqual(measure.operations, 3 * 2 * 64 * 64 * 64)
    XCTAssertGreaterThan(measure.seconds, 0)
    XCTAssertEqual(c[0], 64)
    multiply()
    XCTAssertEqual(products.measure {}.operations, 0)
  }

  func testTheClockNamesOperations() throws {
    let team = ThreadTeam(count: 2)
    func first() { team.forEach(4) { _, _ in usleep(2000) } }
    func second() { team.forEachRange(10, grain: 5) { _ in } }
    second()
    let profile = team.clock.profile {
      first()
      second()
      first()
    }
    XCTAssertEqual(profile.map(\.operation), ["first", "second"])
    XCTAssertGreaterThan(profile[0].seconds, 0.004)
    XCTAssertTrue(team.clock.profile {}.isEmpty)
  }
}
