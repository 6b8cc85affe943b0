import Determinism
import Diagnostics
import Distributed
import REFERS
import Tensors

/// Features of more images than packets hold, dealt to the ranks: their bits, as lines.
///
/// What a packet holds is asked for again in another order and in a request of its own.
func inference(_ communicator: Communicator, _ options: Options) throws {
  var configuration = Configuration.named(.tiny)
  configuration.takeSmallModel()
  let model = RadiographModel(configuration)
  try model.parameters.allocate(seed: options.seed)
  let source = NoiseImages(count: 43, seed: options.seed)
  let preparer = try StudyPreparer(
    source: source, image: ImageOptions(resize: 36, crop: configuration.image.crop),
    augmentation: AugmentationOptions(), seed: options.seed)
  let inference = ImageInference(
    compute: try Compute(threads: options.threads), parameters: model.parameters,
    communicator: communicator, preparer: preparer, patches: model.radiograph.patches,
    workers: options.threads, prefetch: 2, packet: 2)
  let width = model.radiograph.width
  func rows(_ studies: [Int]) throws -> [Float] {
    try inference.rows(of: studies, width: width) { try model.features($0, on: $1) }
  }
  let all = try rows(Array(0..<source.count))
  let turned = try rows((0..<source.count - 1).reversed())
  for image in 0..<source.count - 1 {
    let own = all[image * width..<(image + 1) * width]
    let place = source.count - 2 - image
    // Both packets hold two images, though in another order.
    try require(
      zip(own, turned[place * width..<(place + 1) * width]).allSatisfy { abs($0 - $1) < 1e-5 },
      "Image \(image) has other features in another order.")
  }
  let first = all[0..<width]
  try require(
    (1..<source.count).allSatisfy { all[$0 * width..<($0 + 1) * width] != first },
    "Images have the same features.")
  try require(try rows([]).isEmpty, "No image has features.")
  let text = hash(all)
  let texts = try communicator.allGather(text)
  try require(texts.allSatisfy { $0 == text }, "The ranks have other features.")
  if communicator.rank == 0 { print("\(all.count) \(text) \(hash(turned))") }
}

/// A study that cannot be prepared, on one rank, and weights that are not finite: all ranks are told,
/// and one of them speaks.
func inferenceFailure(_ communicator: Communicator, _ options: Options) throws {
  try inferenceFails(communicator, options, saying: "was planted", bad: 5)
  try inferenceFails(communicator, options, saying: "is not finite", weight: .nan)
  if communicator.rank == 0 { print("told") }
}

private func inferenceFails(
  _ communicator: Communicator, _ options: Options, saying words: String, bad: Int? = nil,
  weight: Float? = nil
) throws {
  var configuration = Configuration.named(.tiny)
  configuration.takeSmallModel()
  let model = RadiographModel(configuration)
  try model.parameters.allocate(seed: options.seed)
  if let weight { model.parameters.values[0] = weight }
  let inference = ImageInference(
    compute: try Compute(), parameters: model.parameters, communicator: communicator,
    preparer: try StudyPreparer(
      source: NoiseImages(count: 7, seed: 1, bad: bad),
      image: ImageOptions(resize: 36, crop: configuration.image.crop),
      augmentation: AugmentationOptions(), seed: 1), patches: model.radiograph.patches,
    workers: 1, prefetch: 1, packet: 2)
  do {
    _ = try inference.rows(of: Array(0..<7), width: model.radiograph.width) {
      try model.features($0, on: $1)
    }
  } catch let failure as Failure {
    let speaks = failure.message.contains(words)
    try require(
      communicator.size == 1 ? speaks : speaks || failure.isShared, "Another failure: \(failure)")
    let texts = try communicator.allGather(speaks ? "it" : "")
    try require(texts.contains("it"), "No rank says why.")
    return
  }
  throw Failure(.numerics, "What \(words) has features.")
}

/// One word for the bits of numbers.
func hash(_ values: [Float]) -> String {
  let hash = values.reduce(UInt64(7)) { CounterRandom.combine($0, UInt64($1.bitPattern)) }
  return String(hash, radix: 16)
}

/// Images of noise that need no files.
struct NoiseImages: StudySource {
  let studies: [Study]
  let dropped = 0
  let seed: UInt64
  /// One that cannot be had.
  var bad: Int?
  /// Whether about half of them are brighter.
  let brightens: Bool

  init(count: Int, seed: UInt64, bad: Int? = nil, brightens: Bool = false) {
    self.seed = seed
    self.bad = bad
    self.brightens = brightens
    studies = (0..<count).map {
      Study(
        identifier: "\($0)", patient: "\($0)", radiographs: [Radiograph(file: "\($0)")],
        split: .test)
    }
  }

  func report(of index: Int) throws -> String {
    throw Failure(.input, "Nobody shall ask for reports.")
  }

  func image(_ number: Int, of study: Int, at size: BaseSize) throws -> GrayBytes? {
    if study == bad { throw Failure(.input, "A fault was planted.") }
    var random = CounterRandom(seed: seed, 9, UInt64(study))
    let lowest = brightens && isBright(study) ? 30 : 0
    return GrayBytes(
      width: 36, height: 36,
      pixels: (0..<36 * 36).map { _ in
        UInt8(truncatingIfNeeded: lowest + random.integer(below: 226))
      })
  }

  func isBright(_ image: Int) -> Bool { image * 5 % 11 < 5 }
}
