import Diagnostics
import Foundation

extension StoreWriter {
  /// Decodes all images that are not in the store yet.
  ///
  /// - Returns: the chunks in their order.
  func fill(
    _ input: StoreInput, workers: Int, progress: (@Sendable (Int, Int) -> Void)?
  ) throws -> [StoreChunk] {
    let bytes = size * size
    try requireSpace(input.images * bytes)
    let images = try StoreImages(path: path(StoreFile.images), bytes: input.images * bytes)
    let starts = Array(stride(from: 0, to: input.records.count, by: chunk))
    let state = FillState(chunks: starts.count)
    let work: @Sendable () -> Void = {
      while let number = state.next() {
        let studies = starts[number]..<min(starts[number] + chunk, input.records.count)
        do {
          let done = try fill(
            number, studies, input.records, images, stamp: input.chunkStamps[number])
          state.finish(number, done, studies.count) { progress?($0, input.records.count) }
        } catch {
          state.fail(error, at: number)
        }
      }
    }
    var threads: [Worker] = []
    defer { for thread in threads { thread.join() } }
    do {
      for _ in 1..<max(1, workers) { threads.append(try Worker(work)) }
    } catch {
      state.fail(error, at: -1)
    }
    work()
    for thread in threads { thread.join() }
    threads = []
    return try state.result()
  }

  /// One chunk: read where it is whole, made otherwise.
  private func fill(
    _ number: Int, _ studies: Range<Int>, _ records: [StoredStudy], _ images: StoreImages,
    stamp: String
  ) throws -> StoreChunk {
    let file = path(StoreFile.unfinished) + "/chunk-\(number)"
    let count = studies.reduce(0) { $0 + Int(records[$1].images) }
    let first = Int(records[studies.lowerBound].firstImage)
    if let present = StoreChunk(path: file, images: count, stamp: stamp),
      isWhole(present, first, images)
    {
      return present
    }
    var made = StoreChunk(stamp: stamp)
    for study in studies {
      for (number, radiograph) in source.study(study).radiographs.enumerated() {
        do {
          let pixels = try BaseSize.square(size)
            .read(radiograph.file, pixelLimit: ImageOptions().pixelLimit).pixels
          try images.write(pixels, at: (first + made.images.count) * size * size)
          made.images.append(StoredImage(pixels: pixels))
        } catch let failure as Failure where failure.code == .image {
          try clear((first + made.images.count) * size * size, images)
          made.images.append(.unusable)
          made.bad.append(StoreChunk.Bad(study: study, image: number, reason: failure.message))
        } catch let failure as Failure {
          throw failure.within("study \(study): image \(number + 1)")
        }
      }
    }
    try images.synchronize()
    try made.write(to: file)
    return made
  }

  /// Takes away what was decoded before the image's file has changed.
  private func clear(_ offset: Int, _ images: StoreImages) throws {
    if let bytes = images.read(size * size, at: offset), bytes.allSatisfy({ $0 == 0 }) { return }
    try images.write(Array(repeating: 0, count: size * size), at: offset)
  }

  /// Whether the pixels of a chunk are in the store as it says.
  private func isWhole(_ chunk: StoreChunk, _ first: Int, _ images: StoreImages) -> Bool {
    chunk.images.enumerated().allSatisfy { place, image in
      guard image.isUsable else { return true }
      let pixels = images.read(size * size, at: (first + place) * size * size)
      return pixels.map { checksum($0) == image.check } ?? false
    }
  }

  private func requireSpace(_ bytes: Int) throws {
    var status = statvfs()
    var present = stat()
    guard statvfs(directory, &status) == 0 else { return }
    let held = stat(path(StoreFile.images), &present) == 0 ? Int(present.st_blocks) * 512 : 0
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    guard bytes - held > free else { return }
    throw Failure(
      .file, "The images need \(bytes >> 20) MiB; the disk of \(directory) has \(free >> 20) free.",
      remedy: "Free space on that disk, or choose another --output.")
  }
}

/// What the threads that fill a store share.
private final class FillState: @unchecked Sendable {
  private let lock = NSLock()
  private var begun = 0
  private var studies = 0
  private var chunks: [StoreChunk?]
  private var failure: (chunk: Int, error: any Error)?

  init(chunks: Int) { self.chunks = Array(repeating: nil, count: chunks) }

  /// A chunk nobody has begun; nil when there is none or anything has failed.
  func next() -> Int? {
    lock.withLock {
      guard failure == nil, begun < chunks.count else { return nil }
      begun += 1
      return begun - 1
    }
  }

  func finish(_ number: Int, _ chunk: StoreChunk, _ count: Int, _ progress: (Int) -> Void) {
    lock.withLock {
      chunks[number] = chunk
      studies += count
      progress(studies)
    }
  }

  /// Keeps the failure of the earliest chunk.
  func fail(_ error: any Error, at chunk: Int) {
    lock.withLock {
      if failure.map({ chunk < $0.chunk }) ?? true { failure = (chunk, error) }
    }
  }

  func result() throws -> [StoreChunk] {
    try lock.withLock {
      if let failure { throw failure.error }
      return chunks.compactMap(\.self)
    }
  }
}
