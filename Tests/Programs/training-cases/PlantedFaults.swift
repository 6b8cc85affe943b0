import Diagnostics
import Distributed
import Foundation
import REFERS

/// What goes wrong in a run, where, and on which rank.
struct PlantedFault {
  enum Kind: String {
    /// An error.
    case error
    /// The process ends, as if nothing were wrong.
    case exit
    /// It is killed.
    case kill
    /// It does not go on.
    case hang
    /// The last bit of one weight turns.
    case bit
    /// A weight that is not a number.
    case nan
    /// The vector of a word, so large that reports with it overflow.
    case overflow
  }

  var kind = Kind.error
  var phase = PhaseMonitor.Phase.forward
  var step = 0
  /// All ranks where nil.
  var rank: Int?

  func act(_ monitor: PhaseMonitor, rank own: Int) throws {
    guard monitor.phase == phase, monitor.step == step, rank ?? own == own else { return }
    switch kind {
    case .error:
      throw Failure(.input, "A fault was planted.", remedy: "Pull it out.")
    case .exit: _exit(7)
    case .kill: kill(getpid(), SIGKILL)
    case .hang: sleep(1000)
    case .bit:
      change(monitor, "visual.vit.transformer.encoder.layer.0.ffn.fc1.weight") {
        Float(bitPattern: $0.bitPattern ^ 1)
      }
    case .nan: change(monitor, "contrastive_bert.fc.weight") { _ in .nan }
    case .overflow:
      // A word that some reports have.
      change(
        monitor, "contrastive_bert.text_encoder.embeddings.word_embeddings.weight", row: 120,
        count: 48
      ) { _ in 3e38 }
    }
  }

  /// Changes the first values of a row of a tensor.
  private func change(
    _ monitor: PhaseMonitor, _ name: String, row: Int = 1, count: Int = 1,
    _ value: (Float) -> Float
  ) {
    guard let parameters = monitor.model?.parameters,
      let slice = parameters.slices.first(where: { $0.name == name })
    else { return }
    let first = parameters.values + slice.offset + row * slice.count / slice.shape[0]
    for i in 0..<count { first[i] = value(first[i]) }
  }
}

/// A run of a small model on synthetic studies, in which something may go wrong.
func plantedFault(_ communicator: Communicator, _ options: Options) throws {
  var configuration = Configuration.named(.tiny)
  configuration.output = options.output
  configuration.data.synthetic.train = 96
  configuration.data.synthetic.validate = 8
  configuration.text.vocabularySize = 150
  configuration.image.resize = 36
  configuration.takeSmallModel()
  configuration.training.batch = 16
  configuration.training.steps = 6
  configuration.optimizer.warmupSteps = 1
  configuration.checkpoint.everySteps = 2
  configuration.checks.parametersEvery = 2
  configuration.checks.nonFinite = options.skips ? .skip : .stop
  communicator.timeout = 5
  let isFirst = communicator.rank == 0
  _ = try TrainingRun(
    RunStart(configuration: configuration), program: "test", communicator: communicator,
    observer: isFirst ? RunLog(configuration: configuration) : nil,
    monitor: PhaseMonitor { try options.fault.act($0, rank: communicator.rank) }
  ).run()
  if isFirst { print("trained") }
}

extension Configuration {
  /// A model of a few thousand parameters.
  mutating func takeSmallModel() {
    image.crop = 32
    model.radiograph.patch = 8
    model.radiograph.width = 48
    model.radiograph.blocks = 2
    model.radiograph.mlp = 96
    model.textEncoder.width = 48
    model.textEncoder.mlp = 96
    model.decoder.width = 48
    model.decoder.mlp = 96
  }
}
