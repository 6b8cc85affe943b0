import Diagnostics
import Distributed

/// The training studies of a store, drawn and prepared as in a run, but for the smaller step at
/// the end of an epoch.
final class StoredStudies: BenchmarkStudies {
  let origin = "from a store"
  let vocabulary: Int
  private let plan: EpochPlan
  private let source: any StudySource
  private let preparer: StudyPreparer
  /// The epoch of the latest step, and its steps.
  private var epoch: (number: Int, steps: EpochPlan.Steps)

  /// Opens the store, on all ranks.
  ///
  /// - Throws: `Failure(.file)` where the folder is no store, `Failure(.input)` where it has too
  ///   few studies for a step, `Failure(.configuration)` where reports are not read.
  init(
    _ directory: String, _ configuration: Configuration, communicator: Communicator
  ) throws {
    guard StudyStore.isStore(directory) else {
      throw Failure(
        .file, "\(directory) is no store.",
        remedy: "Make one: refers-mpi prepare --data DIRECTORY --output STORE.")
    }
    guard configuration.objective == .reports else {
      throw Failure(
        .configuration, "The steps of a store learn from reports, not from labels.",
        remedy: "Leave out --data, or set objective=reports.")
    }
    var configuration = configuration
    configuration.data.path = directory
    let collection = try StudyCollection(
      RunStart(configuration: configuration), communicator: communicator, threads: 1,
      observer: nil)
    let batch = configuration.training.batch
    guard collection.training.count >= batch else {
      throw Failure(
        .input,
        "The store has \(collection.training.count) training studies; a step takes \(batch).",
        remedy: "Give --batch \(collection.training.count) or less.")
    }
    source = collection.source
    vocabulary = collection.vocabulary.count
    plan = EpochPlan(
      seed: UInt64(configuration.seed), studies: collection.training, batch: batch, shuffled: true)
    preparer = try collection.preparer(configuration, cacheBytes: 0)
    epoch = (0, plan.steps(ofEpoch: 0))
  }

  func indices(ofStep number: Int) -> [Int] { step(number).studies }

  func workload(ofStep number: Int) throws -> StepWorkload {
    let (epoch, studies) = step(number)
    return StepWorkload(
      radiographs: studies.map { preparer.images(of: $0, epoch: epoch) },
      tokens: try studies.map { try preparer.tokenCount(of: $0) })
  }

  func studies(
    _ places: some Sequence<Int>, ofStep number: Int
  ) throws -> [PreparedStudy] {
    let (epoch, studies) = step(number)
    return try places.map {
      try preparer.prepare(studies[$0], epoch: epoch, training: true)
    }
  }

  private func step(_ number: Int) -> (epoch: Int, studies: [Int]) {
    let whole = plan.studies.count / plan.batch
    let (own, place) = (number - 1).quotientAndRemainder(dividingBy: whole)
    if own != epoch.number { epoch = (own, plan.steps(ofEpoch: own)) }
    return (own, epoch.steps[place])
  }

  /// How fast one thread reads its images, and makes studies of them.
  func rows(studies limit: Int = 128) throws -> [BenchmarkRow] {
    let studies = plan.studies.prefix(limit)
    var images = 0
    let read = try Stopwatch.median(runs: 3) {
      images = 0
      for study in studies {
        for number in source.study(study).radiographs.indices {
          _ = try preparer.image(number, of: study)
          images += 1
        }
      }
    }
    let prepared = studies.reduce(0) { $0 + preparer.images(of: $1, epoch: 1) }
    let prepare = try Stopwatch.median(runs: 3) {
      for study in studies { _ = try preparer.prepare(study, epoch: 1, training: true) }
    }
    return [
      BenchmarkRow(
        "read", shape: "\(images) images of \(studies.count) studies", seconds: read,
        amount: Double(images), unit: .images),
      BenchmarkRow(
        "read, augment, tokens", shape: "\(prepared) images of \(studies.count) studies",
        seconds: prepare, amount: Double(prepared), unit: .images),
    ]
  }
}
