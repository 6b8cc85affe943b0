import Diagnostics
import Synchronization

/// The products and the memory that threads take for a call and give back.
final class OneDNNPool: @unchecked Sendable {
  /// What one call uses: no other thread has it at the same time.
  struct Loan {
    let product: OneDNNProduct
    let scratch: OneDNNScratch
  }

  /// What nobody uses just now.
  private struct Idle {
    var products: [OneDNNProduct.Shape: [OneDNNProduct]] = [:]
    var scratch: [OneDNNScratch] = []
  }

  /// Texts of every length have shapes of their own, of some 100 kB. Beyond so many shapes all are
  /// forgotten; the library itself remembers as many of the latest, and makes those anew in 20 µs
  /// instead of 500.
  static let limit = 1024

  private let library: OneDNNLibrary
  private let engine: OneDNNObject
  private let idle = Mutex(Idle())

  init(_ library: OneDNNLibrary, engine: OneDNNObject) {
    self.library = library
    self.engine = engine
  }

  /// - Throws: `Failure(.library)` where a product cannot be made.
  func take(_ shape: OneDNNProduct.Shape) throws(Failure) -> Loan {
    let (product, scratch) = idle.withLock { idle in
      (idle.products[shape]?.popLast(), idle.scratch.popLast())
    }
    if let product { return Loan(product: product, scratch: scratch ?? OneDNNScratch()) }
    return Loan(
      product: try OneDNNProduct(shape, of: library, on: engine),
      scratch: scratch ?? OneDNNScratch())
  }

  func giveBack(_ loan: Loan) {
    idle.withLock { idle in
      if idle.products.count >= Self.limit { idle.products = [:] }
      idle.products[loan.product.shape, default: []].append(loan.product)
      idle.scratch.append(loan.scratch)
    }
  }
}

/// Memory of one thread at a time, which grows to the largest call.
final class OneDNNScratch: @unchecked Sendable {
  private var region: MemoryRegion?

  /// The starts of parts of these sizes, each at a page of its own.
  ///
  /// - Throws: `Failure(.memory)` where the system has no such memory.
  func parts(_ byteCounts: (Int, Int, Int, Int)) throws -> (
    UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer,
    UnsafeMutableRawPointer
  ) {
    let pages = { (count: Int) in (count + 4095) & ~4095 }
    let second = pages(byteCounts.0)
    let third = second + pages(byteCounts.1)
    let fourth = third + pages(byteCounts.2)
    let base = try base(fourth + byteCounts.3)
    return (base, base + second, base + third, base + fourth)
  }

  private func base(_ byteCount: Int) throws -> UnsafeMutableRawPointer {
    if let region, region.byteCount >= byteCount { return region.base }
    region = nil
    let larger = try MemoryRegion(byteCount: byteCount)
    region = larger
    return larger.base
  }
}
