import Foundation

/// Decoded and resized images kept in memory up to a budget, so that a small set is decoded once.
///
/// What is in stays in: an epoch reads every image once, and evicting any of them would only trade
/// one later hit for another. Results are the same with and without a cache.
public final class ImageCache: @unchecked Sendable {
  /// The most bytes of pixels kept.
  public let budget: Int
  private let lock = NSLock()
  private var images: [String: GrayBytes] = [:]
  private var used = 0

  /// A cache for images of one ``BaseSize``; `budget` counts bytes of pixels.
  public init(budget: Int) { self.budget = budget }

  /// The bytes of pixels held now.
  public var byteCount: Int { lock.withLock { used } }

  /// The image of a file, made by `load` where it is not held.
  func image(of file: String, load: () throws -> GrayBytes) rethrows -> GrayBytes {
    if let image = lock.withLock({ images[file] }) { return image }
    let image = try load()
    lock.withLock {
      guard images[file] == nil, used + image.pixels.count <= budget else { return }
      images[file] = image
      used += image.pixels.count
    }
    return image
  }
}
