import Diagnostics
import Foundation

/// Decodes every image of some studies once, to know those whose bytes cannot be decoded.
///
/// What is found depends on the bytes alone: each image is read and sized as training will read it.
public struct ImageSurvey: Sendable {
  /// One image: its study's index in the source, and its place in the study.
  struct Item: Sendable {
    let study: Int
    let image: Int
  }

  private let source: any StudySource
  let base: BaseSize
  private let pixelLimit: Int
  /// All images of the studies, in the order of studies and images.
  private let items: [Item]

  /// - Parameter studies: indices in the source; one that is given twice counts once.
  public init(
    of studies: [Int], in source: any StudySource, base: BaseSize, pixelLimit: Int = 1 << 28
  ) {
    self.source = source
    self.base = base
    self.pixelLimit = pixelLimit
    items = Set(studies).sorted().flatMap { study in
      source.studies[study].radiographs.indices.map { Item(study: study, image: $0) }
    }
  }

  public var count: Int { items.count }

  /// Every image with the path of its file.
  var files: some Sequence<(item: Item, file: String)> {
    items.lazy.map { ($0, source.studies[$0.study].radiographs[$0.image].file) }
  }

  /// Looks at one part of the images of a range, in several threads.
  ///
  /// - Parameters:
  ///   - range: places among all images; nil for all of them.
  ///   - part: which of the `parts`; each image is in one of them.
  ///   - workers: the number of threads.
  /// - Returns: the images of the part that cannot be decoded, in order.
  /// - Throws: `Failure(.file)` of the first image that cannot be read at all.
  /// - Complexity: reads and decodes every image of the part.
  public func run(
    _ range: Range<Int>? = nil, part: Int = 0, of parts: Int = 1, workers: Int = 1
  ) throws -> [UnusableImage] {
    let range = (range ?? items.indices).clamped(to: items.indices)
    let progress = Progress(next: range.lowerBound + part)
    let look: @Sendable () -> Void = {
      while let index = progress.take(step: parts, below: range.upperBound) {
        progress.finish(index, Result { try self.look(at: items[index]) })
      }
    }
    var started: [Worker] = []
    defer { for worker in started { worker.join() } }
    do {
      for _ in 1..<max(1, workers) { started.append(try Worker(look)) }
    } catch {
      progress.stop()
      throw error
    }
    look()
    for worker in started { worker.join() }
    started = []
    return try progress.result()
  }

  /// What is wrong with the bytes of an image; nil where nothing is.
  private func look(at item: Item) throws -> UnusableImage? {
    let study = source.studies[item.study]
    do {
      _ = try base.read(study.radiographs[item.image].file, pixelLimit: pixelLimit)
      return nil
    } catch let failure as Failure where failure.code == .image {
      return UnusableImage(study: item.study, image: item.image, reason: failure.message)
    } catch let failure as Failure {
      let place = study.place.isEmpty ? "" : " (\(study.place))"
      throw failure.within("image \(item.image + 1)").within("study \(item.study)\(place)")
    }
  }
}

extension ImageSurvey {
  /// How far the threads of a survey are. Places are taken in ascending order, so that the first
  /// failure is the same whatever the number of threads.
  private final class Progress: @unchecked Sendable {
    private let lock = NSLock()
    private var next: Int
    private var isStopped = false
    private var found: [UnusableImage] = []
    private var failure: (index: Int, error: any Error)?

    init(next: Int) { self.next = next }

    func take(step: Int, below count: Int) -> Int? {
      lock.withLock {
        guard !isStopped, next < count else { return nil }
        defer { next += step }
        return next
      }
    }

    func finish(_ index: Int, _ result: Result<UnusableImage?, any Error>) {
      lock.withLock {
        switch result {
        case .success(let image): if let image { found.append(image) }
        case .failure(let error):
          isStopped = true
          if index < failure?.index ?? .max { failure = (index, error) }
        }
      }
    }

    func stop() { lock.withLock { isStopped = true } }

    func result() throws -> [UnusableImage] {
      try lock.withLock {
        if let failure { throw failure.error }
        return found.sorted()
      }
    }
  }
}
