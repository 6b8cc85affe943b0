import Diagnostics
import Distributed
import Tensors

/// Told what goes on while many images are computed; on rank 0 alone.
public protocol InferenceObserver {
  /// Something that a person should know, in one sentence.
  func notice(_ text: String)
  /// How many of a number of images or studies are done.
  func progress(_ activity: String, _ done: Int, of total: Int)
}

/// The ranks, threads and memory that images are computed with.
public struct InferenceSession {
  public let communicator: Communicator
  public let compute: Compute
  /// Threads that read images ahead.
  public let workers: Int
  let observer: (any InferenceObserver)?

  /// Packets read ahead.
  private static let prefetch = 2

  /// - Parameters:
  ///   - threads: those of a rank; 0 takes the cores given to it.
  ///   - program: the version of the program, equal on all ranks.
  /// - Throws: where the ranks' builds or processors differ, for their bits would.
  public init(
    communicator: Communicator, threads: Int, program: String,
    observer: (any InferenceObserver)?
  ) throws {
    let versions = VersionRecord(program: program, mpi: Communicator.libraryVersion)
    let blas = try MatrixLibrary.auto.open()
    try communicator.agreeOnBuild(BuildRecord.current(with: blas).traits(of: versions))
    let share = try CoreShare(over: communicator, configured: threads)
    if let warning = share.warning { observer?.notice(warning) }
    self.communicator = communicator
    self.observer = observer
    compute = try Compute(threads: share.threads, blas: blas)
    workers = max(1, share.threads / 2)
  }

  /// Computes rows of a source's studies with some parameters.
  ///
  /// - Parameter packet: studies that go through together.
  public func inference(
    _ parameters: ParameterStore, patches: Int, preparer: StudyPreparer, packet: Int = 16
  ) -> ImageInference {
    ImageInference(
      compute: compute, parameters: parameters, communicator: communicator, preparer: preparer,
      patches: patches, workers: workers, prefetch: Self.prefetch, packet: packet)
  }

  /// What ``ImageInference`` is to call while it computes.
  func progress(_ activity: String, of total: Int) -> (Int) -> Void {
    { observer?.progress(activity, $0, of: total) }
  }

  /// The studies of a source without the images whose bytes cannot be decoded, and those of
  /// `studies` that have one left.
  ///
  /// The ranks share the looking. Each image left out is told of by its number.
  ///
  /// - Parameter share: the largest share of such images that is put up with.
  /// - Complexity: decodes every image once, unless the source has looked at them.
  /// - Throws: where an image cannot be read at all, or too many cannot be decoded.
  public func decodable(
    _ studies: [Int], of source: any StudySource, base: BaseSize, share: Double
  ) throws -> (source: any StudySource, studies: [Int]) {
    guard !source.imagesAreChecked else { return (source, studies) }
    let survey = ImageSurvey(of: studies, in: source, base: base)
    var own: [UnusableImage] = []
    // The ranks meet every few images, so that none takes another for one that has gone.
    let round = 256 * communicator.size
    for start in stride(from: 0, to: survey.count, by: round) {
      observer?.progress("looked at images", start, of: survey.count)
      own += try communicator.together("looking at the images") {
        try survey.run(
          start..<start + round, part: communicator.rank, of: communicator.size,
          workers: compute.team.count)
      }
    }
    let known = try communicator.allGather(SurveyRecord.text(of: own)).joined()
    let unusable = try SurveyRecord.images(of: known).sorted()
    tell(of: unusable, in: source)
    guard Double(unusable.count) <= share * Double(survey.count) else {
      throw Failure(
        .image,
        "\(unusable.count) of \(survey.count) images cannot be decoded, more than the share of "
          + "\(share) that is put up with.",
        remedy: "See the notices above; mend or remove them, or raise --bad-images."
      ).shared()
    }
    let result = DecodableStudies(source, without: unusable)
    let usable = studies.filter(result.isUsable)
    guard !usable.isEmpty else {
      throw Failure(
        .input, "None of the images can be decoded.", remedy: "Are they JPEG or PNG files?"
      ).shared()
    }
    return (result, usable)
  }

  private func tell(of images: [UnusableImage], in source: any StudySource) {
    guard let observer else { return }
    for image in images.prefix(Quarantine.toldLimit) {
      let place = source.study(image.study).place
      let name =
        source is ImageList
        ? "image \(image.study + 1)" : "image \(image.image + 1) of study \(image.study)"
      observer.notice(
        name + (place.isEmpty ? "" : " (\(place))") + " is left out: \(image.reason)")
    }
    if images.count > Quarantine.toldLimit {
      observer.notice("\(images.count) \(images.count == 1 ? "image is" : "images are") left out")
    }
  }
}

extension BaseSize {
  /// The size that a configuration wants images at.
  init(_ configuration: Configuration) {
    self.init(
      augmentation: AugmentationOptions(configuration.augmentation),
      resize: configuration.image.resize)
  }
}

extension StudyPreparer {
  /// Prepares radiographs by themselves as a configuration says.
  init(images source: any StudySource, _ configuration: Configuration) throws {
    try self.init(
      source: source,
      image: ImageOptions(resize: configuration.image.resize, crop: configuration.image.crop),
      augmentation: AugmentationOptions(configuration.augmentation),
      seed: UInt64(bitPattern: Int64(configuration.seed)))
  }

  /// Prepares studies with their reports as a configuration says.
  init(
    studies source: any StudySource, tokenizer: WordPieceTokenizer,
    _ configuration: Configuration
  ) throws {
    try self.init(
      source: source, tokenizer: tokenizer,
      text: TextOptions(
        maxTokens: configuration.text.maxTokens, lowerCase: configuration.text.lowerCase),
      image: ImageOptions(resize: configuration.image.resize, crop: configuration.image.crop),
      augmentation: AugmentationOptions(configuration.augmentation),
      views: ViewOptions(configuration), seed: UInt64(bitPattern: Int64(configuration.seed)))
  }
}

extension InferenceSession {
  /// Tells what a person should know.
  public func tell(_ notices: [String]) {
    for notice in notices { observer?.notice(notice) }
  }

  /// Writes on rank 0; the other ranks learn whether it could.
  public func writing(_ body: () throws -> Void) throws {
    try communicator.together("writing") {
      if communicator.rank == 0 { try body() }
    }
  }
}
