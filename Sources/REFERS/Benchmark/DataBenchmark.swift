import Diagnostics
import Foundation

/// How fast one thread decodes, resizes and augments images.
struct DataBenchmark {
  private let configuration: Configuration

  init(_ configuration: Configuration) { self.configuration = configuration }

  /// Rows for the images of a folder, or for synthetic ones that are made for it.
  ///
  /// - Throws: `Failure` where there is no image, or one cannot be decoded.
  func rows(images folder: String?) throws -> [BenchmarkRow] {
    if let folder { return try rows(of: ImageList([folder], root: nil), what: "images") }
    let place =
      NSTemporaryDirectory() + "refers-mpi-bench-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: place) }
    let set = SyntheticStudySet(train: 48, validate: 0, test: 0, seed: 1)
    let writer = SyntheticStudyWriter(set, to: place)
    try writer.write(workers: 1, progress: { _ in })
    try writer.finish()
    let files = try FileManager.default.subpathsOfDirectory(atPath: place)
      .filter { $0.hasSuffix(".jpg") }.sorted().map { "\(place)/\($0)" }
    return try rows(of: ImageList(files, root: nil), what: "synthetic images")
  }

  private func rows(of list: ImageList, what: String) throws -> [BenchmarkRow] {
    let files = (0..<list.count).flatMap { list.study($0).radiographs.map(\.file) }
    guard !files.isEmpty else {
      throw Failure(.input, "There are no images to decode.", remedy: "Name another folder.")
    }
    let side = configuration.image.resize
    let limit = ImageOptions().pixelLimit
    var decoded: [GrayBytes] = []
    let decode = try Stopwatch.median(runs: 3) {
      decoded = try files.map {
        try ImageFile.decode($0, minimumSide: side, pixelLimit: limit)
      }
    }
    let resize = Stopwatch.median(runs: 3) {
      for image in decoded { _ = image.resized(width: side, height: side) }
    }
    let preparer = try StudyPreparer(
      source: list, image: ImageOptions(resize: side, crop: configuration.image.crop),
      augmentation: AugmentationOptions(configuration.augmentation),
      seed: UInt64(bitPattern: Int64(configuration.seed)),
      cache: ImageCache(budget: 1 << 30))
    let augment = try Stopwatch.median(runs: 3) {
      for study in 0..<list.count { _ = try preparer.prepare(study, epoch: 1, training: true) }
    }
    let count = Double(files.count)
    let size = "\(side) x \(side)"
    return [
      ("decode", "\(files.count) \(what)", decode), ("resize", "to \(size)", resize),
      ("augment", "\(size) to \(configuration.image.crop) x \(configuration.image.crop)", augment),
    ].map { BenchmarkRow($0.0, shape: $0.1, seconds: $0.2, amount: count, unit: .images) }
  }
}
