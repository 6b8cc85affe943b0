// Saves checkpoints of a run's folder as `pretrain` does, without training:
//
//     checkpoint-cases FOLDER STEP... [--preset base] [--keep-every N]
//
// The tensors are a function of the step. Tests kill it, or let the system refuse its calls.

import Diagnostics
import Foundation
import REFERS
import Tensors

struct Options {
  var output = ""
  var steps: [Int] = []
  var preset: Configuration.Preset?
  var keepEvery = 0

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    output = rest.popFirst() ?? ""
    while let argument = rest.popFirst() {
      switch argument {
      case "--preset": preset = rest.popFirst().flatMap(Configuration.Preset.init)
      case "--keep-every": keepEvery = rest.popFirst().flatMap { Int($0) } ?? 0
      default:
        guard let step = Int(argument) else {
          throw Failure(.configuration, "\(argument) is not a step.")
        }
        steps.append(step)
      }
    }
  }

  var configuration: Configuration {
    var configuration = Configuration.named(preset ?? .tiny)
    configuration.output = output
    configuration.checkpoint.keepEvery = keepEvery
    guard preset == nil else { return configuration }
    configuration.image = .init(resize: 36, crop: 32)
    configuration.model.radiograph.patch = 16
    configuration.model.radiograph.width = 12
    configuration.model.radiograph.blocks = 1
    configuration.model.radiograph.mlp = 12
    configuration.model.textEncoder.width = 12
    configuration.model.textEncoder.layers = 1
    configuration.model.textEncoder.mlp = 12
    configuration.model.decoder.width = 12
    configuration.model.decoder.mlp = 12
    configuration.text.maxTokens = 12
    configuration.optimizer.lookahead.enabled = true
    return configuration
  }
}

func run() throws {
  let options = try Options(CommandLine.arguments.dropFirst())
  let configuration = options.configuration
  let vocabulary = try WordPieceVocabulary(
    tokens: WordPieceVocabulary.specialTokens
      + (0..<(options.preset == nil ? 5 : configuration.text.vocabularySize)).map { "w\($0)" })
  let model = REFERSModel(configuration, vocabulary: vocabulary.count)
  try model.parameters.allocate(seed: 1)
  let optimizer = try Lookahead(
    try SGD(parameters: model.parameters, momentum: 0.9, weightDecay: 0),
    parameters: model.parameters, period: 5, alpha: 0.5)
  let saver = TrainingSaver(
    configuration: configuration, parameters: model.parameters, optimizer: optimizer,
    meaning: ModelMeaning(vocabulary: vocabulary), build: try .current(),
    versions: VersionRecord(program: "test", mpi: "none"), dataDigest: "none")
  var progress = TrainingProgress()
  for step in options.steps {
    for slice in model.parameters.slices {
      model.parameters.values[slice.offset] = Float(step)
      for state in optimizer.states { state.values[slice.offset] = Float(-step) }
    }
    optimizer.counters = OptimizerCounters(updates: step, age: step % 5)
    progress.step = step
    progress.bestLoss = 1 / Double(step)
    progress.bestStep = step
    progress.validation = Losses(total: 1 / Double(step), contrast: 0, language: 0)
    let clock = ContinuousClock()
    let start = clock.now
    let path = try saver.save(progress, markBest: true)
    print(path, clock.now - start)
  }
}

do {
  try run()
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
