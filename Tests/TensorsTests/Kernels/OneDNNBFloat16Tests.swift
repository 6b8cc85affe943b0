import Determinism
import Diagnostics
import Tensors
import TestSupport
import XCTest

/// oneDNN's products in bfloat16 against plain ones of rounded operands in double precision.
final class OneDNNBFloat16Tests: XCTestCase {
  func testProducts() throws {
    let products = try library()
    withEvery(
      "shape", MatrixProduct.shapes, "transposed", MatrixProduct.transposes
    ) { shape, transposed in
      for (alpha, beta) in [(1, 0), (1, 1), (0.5, 1), (-2, 0), (0.125, 0.3)] as [(Float, Float)] {
        for gap in [0, 3] {
          let product = MatrixProduct(shape, transposed, alpha: alpha, beta: beta, gap: gap)
          product.expectCorrect(product.run(products), "α \(alpha), β \(beta), gap \(gap)")
        }
      }
    }
  }

  /// Rounded to the nearest even one, and not cut: the sum of one product says which.
  func testOperandsAreRounded() throws {
    let products = try library()
    for value in [1.00390625, 1.01171875, 1.003907, -1.99999, 3.3e38, 1e-20] as [Float] {
      var c: Float = 0
      products.multiply(
        transposeA: false, transposeB: false, m: 1, n: 1, k: 1, alpha: 1, a: [value], strideA: 1,
        b: [1], strideB: 1, beta: 0, c: &c, strideC: 1)
      XCTAssertEqual(c, BFloat16(value).float)
    }
  }

  func testWithoutAnInnerDimension() throws {
    let products = try library()
    for (beta, wanted) in [(0, 0), (1, 3), (0.5, 1.5)] as [(Float, Float)] {
      var c = [beta == 0 ? Float.nan : 3, 3, 7, 3, 3, 7]
      products.multiply(
        transposeA: false, transposeB: false, m: 2, n: 2, k: 0, alpha: 1, a: c, strideA: 1, b: c,
        strideB: 2, beta: beta, c: &c, strideC: 3)
      XCTAssertEqual(c, [wanted, wanted, 7, wanted, wanted, 7])
    }
  }

  /// β = 0 overwrites whatever is there, in both ways that a C is written.
  func testWhatIsOverwrittenDoesNotMatter() throws {
    let products = try library()
    withEvery("gap", [0, 3], "alpha", [1, 0.5] as [Float]) { gap, alpha in
      var product = MatrixProduct((33, 65, 197), (false, true), alpha: alpha, beta: 0, gap: gap)
      let clean = product.run(products)
      product.c = product.c.map { _ in .nan }
      let values = product.run(products)
      for i in 0..<33 {
        for j in 0..<65 {
          let at = i * product.strideC + j
          expectEqual(values[at].bitPattern, clean[at].bitPattern, "\(i), \(j)")
        }
      }
    }
  }

  /// Neither threads, nor earlier calls, nor where C lies and how far apart its rows are.
  func testBitsDependOnTheProductAlone() throws {
    let products = try library()
    // Leaves what is no number in all scratch memory, and in more of it than the others use.
    var spoiled = MatrixProduct((150, 120, 1100), (false, true), alpha: 0.5, beta: 1, gap: 1)
    spoiled.a = spoiled.a.map { _ in .nan }
    spoiled.b = spoiled.b.map { _ in .infinity }
    withEvery(
      "shape", MatrixProduct.shapes + [(65, 100, 768), (96, 40, 1100)],
      "transposed", MatrixProduct.transposes
    ) { shape, transposed in
      let product = MatrixProduct(shape, transposed, alpha: 1, beta: 0)
      let bits = product.bits(products)
      let results = inParallel(16, threads: 4) { _ in product.bits(products) }
      expect(results.allSatisfy { $0 == bits }, "threads")

      _ = spoiled.run(products)
      expect(product.bits(products) == bits, "earlier calls")

      var moved = product
      moved.offset = 1
      expect(moved.bits(products) == bits, "address of C")
      let apart = MatrixProduct(shape, transposed, alpha: 1, beta: 0, gap: 5)
      expect(apart.bits(products) == bits, "rows apart")

      // Adding is adding what overwriting writes.
      let added = MatrixProduct(shape, transposed, alpha: 1, beta: 1)
      let sums = zip(bits, added.c).map { (Float(bitPattern: $0) + $1).bitPattern }
      expect(added.bits(products) == sums, "β = 1")
    }
  }

  /// Several shapes at once, each compiled by the thread that comes first.
  func testThreadsMayTakeDifferentShapes() throws {
    let products = try library()
    let all = (1...40).map { number in
      MatrixProduct(
        (number * 7, 300 - number * 5, 64 + number), (number % 2 == 0, number % 3 == 0),
        alpha: number % 5 == 0 ? 0.5 : 1, beta: number % 4 == 0 ? 1 : 0, gap: number % 3)
    }
    let together = (0..<3).map { _ in
      inParallel(all.count, threads: 4) { all[$0].bits(products) }
    }
    let alone = all.map { $0.bits(products) }
    XCTAssertTrue(together.allSatisfy { $0 == alone })
  }

  func testName() throws {
    let identity = try library().identity
    XCTAssertEqual(MatrixLibrary(ofIdentity: identity), .onednn)
    XCTAssertNotNil(
      identity.wholeMatch(of: #/oneDNN \d+\.\d+\.\d+ \(\w+, bfloat16 products\)/#), identity)
  }

  /// Where the processor has no such products, opening says so and how to go on.
  func testProcessorsWithoutAreNamed() throws {
    do { _ = try OneDNN() } catch { throw XCTSkip("oneDNN is not installed.") }
    do {
      _ = try OneDNNBFloat16()
      throw XCTSkip("This processor has bfloat16 products.")
    } catch let failure as Failure {
      XCTAssertEqual(failure.code, .library)
      XCTAssertTrue(failure.message.contains("no bfloat16 products"), failure.message)
      XCTAssertTrue(failure.remedy.contains("compute.products=float32"), failure.remedy)
    }
  }

  /// Reported alone: the machine may be busy.
  func testSpeed() throws {
    let (products, single) = (try library(), try OneDNN())
    for (shape, transposed) in [
      ((394, 768, 768), (false, true)), ((65, 768, 768), (false, true)),
      ((197, 197, 64), (false, true)),
    ] {
      let product = MatrixProduct(shape, transposed, alpha: 1, beta: 0)
      let operations = 2e-9 * Double(shape.0 * shape.1 * shape.2)
      let speeds = [products as any MatrixMultiply, single].map {
        operations / product.seconds($0)
      }
      print("\(shape): \(Int(speeds[0])) Gflop/s in bfloat16, \(Int(speeds[1])) in float32")
    }
  }

  /// The library, with products that are slowly made of others where the processor has none.
  private func library() throws -> OneDNNBFloat16 {
    do { return try OneDNNBFloat16(checksProcessor: false) } catch {
      throw XCTSkip("no bfloat16 products here: \(error)")
    }
  }

  /// `body` of every number below `count`, on so many threads even where there are fewer cores.
  private func inParallel<Value>(
    _ count: Int, threads: Int, _ body: @escaping (Int) -> Value
  ) -> [Value] {
    var values = [Value?](repeating: nil, count: count)
    values.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let (places, body) = (buffer, body)
      let group = DispatchGroup()
      for thread in 0..<threads {
        group.enter()
        Thread.detachNewThread {
          for index in stride(from: thread, to: count, by: threads) {
            places[index] = body(index)
          }
          group.leave()
        }
      }
      group.wait()
    }
    return values.compactMap { $0 }
  }
}
