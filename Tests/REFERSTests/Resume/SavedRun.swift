import Diagnostics
import Foundation
import REFERS
import Tensors
import TestSupport
import XCTest

/// A run of a small model that was saved without being trained: its tensors tell the step.
struct SavedRun {
  let output: String
  let model: REFERSModel
  let optimizer: any Optimizer
  let build: BuildRecord
  var configuration: Configuration

  static let build = BuildRecord(
    blasLibrary: "OpenBLAS 1", blasKernel: "Haswell", simd: "x86-64-v3")

  init(
    _ output: String, build: BuildRecord = build, change: (inout Configuration) -> Void = { _ in }
  ) throws {
    self.output = output
    self.build = build
    configuration = SmallModel.configuration
    configuration.output = output
    change(&configuration)
    model = REFERSModel(configuration, vocabulary: try Self.vocabulary.count)
    try model.parameters.allocate(seed: 1)
    optimizer = try Lookahead(
      try AdamW(
        parameters: model.parameters, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0),
      parameters: model.parameters, period: 5, alpha: 0.5)
  }

  static var vocabulary: WordPieceVocabulary {
    get throws { try WordPieceVocabulary(tokens: WordPieceVocabulary.specialTokens + ["lung"]) }
  }

  var store: CheckpointStore { CheckpointStore(directory: output + "/checkpoints") }

  /// Writes the step into every number of model and optimizer.
  func fill(step: Int) {
    for slice in model.parameters.slices {
      for place in slice.offset..<slice.offset + slice.count {
        model.parameters.values[place] = Float(step)
        for (number, state) in optimizer.states.enumerated() {
          state.values[place] = Float(step * 10 + number)
        }
      }
    }
    optimizer.counters = OptimizerCounters(updates: step, age: step % 5)
  }

  /// Saves steps, each with the loss given or none.
  func save(_ steps: Int..., losses: [Int: Double] = [:], best: Int? = nil) throws {
    let saver = try saver()
    for step in steps {
      fill(step: step)
      var progress = TrainingProgress()
      progress.step = step
      progress.epoch = step / 100
      progress.bestLoss = best.flatMap { losses[$0] }
      progress.bestStep = best
      progress.validation = losses[step].map { Losses(total: $0, contrast: 0, language: $0) }
      try saver.save(progress, markBest: step == best)
    }
  }

  func saver() throws -> TrainingSaver {
    TrainingSaver(
      configuration: configuration, parameters: model.parameters, optimizer: optimizer,
      meaning: ModelMeaning(vocabulary: try Self.vocabulary), build: build,
      versions: VersionRecord(program: "abc", mpi: "some MPI"), dataDigest: "123")
  }

  /// What `pretrain --resume` decides.
  func resume(
    _ request: ResumeRequest = .last, _ values: [String: String] = [:], output: String? = nil,
    build: BuildRecord = build, libraries: [MatrixLibrary: BuildRecord]? = nil,
    program: String = "abc", allowing: [ResumeAllowance] = []
  ) throws -> RunStart {
    var loader = ConfigurationLoader()
    if request == .last || output != nil {
      loader.add(
        ConfigurationAssignment(
          path: "output", value: .text(output ?? self.output), origin: "--output"))
    }
    for (path, value) in values.sorted(by: { $0.key < $1.key }) {
      loader.add(
        ConfigurationAssignment(
          path: path, value: ConfigurationValue(yaml: value), origin: "--set"))
    }
    return try RunStart.resuming(
      request, loader,
      build: { computing in
        guard let libraries else { return build }
        guard let own = libraries[computing.blas] else {
          throw Failure(.library, "\(computing.blas) is not installed.")
        }
        return own
      }, program: program, allowing: allowing
    ).start
  }

  /// Turns one bit of a file of a checkpoint.
  func damage(step: Int, _ name: String, at place: Double = 0.5) throws {
    let file = URL(fileURLWithPath: "\(store.directory)/step-\(step)/\(name)")
    var data = try Data(contentsOf: file)
    data[Int(Double(data.count - 1) * place)] ^= 4
    try data.write(to: file)
  }

  static let files = [
    "SHA256SUMS", "model.safetensors", "state.json", "training.safetensors", "vocab.txt",
  ]
}
