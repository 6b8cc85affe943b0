import Diagnostics
import Distributed
import REFERS

/// The modes on small models, with steps of fewer studies than shards among them.
func smallModels(_ communicator: Communicator, _ options: Options) throws {
  for mode in Configuration.Mode.allCases {
    var configuration = Configuration.named(.tiny, mode: mode)
    configuration.takeSmallModel()
    configuration.optimizer.warmupSteps = 2
    configuration.optimizer.lookahead.steps = 2
    if mode == .default { configuration.model.decoder.direction = .bidirectional }
    let trainer = try Trainer(
      configuration, vocabulary: 300, communicator: communicator, options: options)
    try trainer.train([13, 13, 5, 13, 1], name: mode.rawValue)
    try trainer.printDigest(mode.rawValue)
  }
}

/// `tiny` with smaller patches, so that shards have more rows than a product takes at once.
func tinyModel(_ communicator: Communicator, _ options: Options) throws {
  var configuration = Configuration.named(.tiny)
  configuration.model.radiograph.patch = 8
  configuration.optimizer.warmupSteps = 1
  let trainer = try Trainer(
    configuration, vocabulary: configuration.text.vocabularySize, communicator: communicator,
    options: options)
  let rows = trainer.largestShard(step: 0, count: 16)
  try require(rows > 1024, "The largest shard of `tiny` has \(rows) rows.")
  try trainer.train([16, 16], name: "tiny")
  try trainer.printDigest("tiny")
}

/// One step at the widths of `base`, of fewer layers.
func baseWidths(_ communicator: Communicator, _ options: Options) throws {
  var configuration = Configuration.named(.base)
  configuration.model.radiograph.blocks = 2
  configuration.model.textEncoder.layers = 1
  configuration.optimizer.warmupSteps = 1
  let trainer = try Trainer(
    configuration, vocabulary: 2_000, communicator: communicator, options: options)
  let rows = trainer.largestShard(step: 0, count: 7)
  try require(rows > 384, "The largest shard at the widths of `base` has \(rows) rows.")
  try trainer.train([7], name: "base")
  try trainer.printDigest("base")
}

/// Ranks that are not at the same step, or have other studies in it: an error on every rank.
func differingSteps(_ communicator: Communicator, _ options: Options) throws {
  var configuration = Configuration.named(.tiny)
  configuration.takeSmallModel()
  let trainer = try Trainer(
    configuration, vocabulary: 300, communicator: communicator, options: options)
  let last = communicator.rank == communicator.size - 1
  let count = 8
  let own = trainer.studies.studies(step: 0, count: count, plan: trainer.engine.plan)
  let steps = [
    ("is at step", Step(number: last ? 2 : 1, studies: Array(0..<count))),
    ("has other studies", Step(number: 1, studies: (0..<count).map { last ? $0 + 1 : $0 })),
  ]
  for (words, step) in steps {
    do {
      _ = try trainer.engine.train(own, in: step)
    } catch let failure as Failure {
      let sentence = "Rank \(communicator.size - 1) \(words)"
      try require(failure.isShared && failure.message.contains(sentence), "\(failure)")
      continue
    }
    throw Failure(.numerics, "Nobody found that a rank \(words).")
  }
  if communicator.rank == 0 { print("found") }
}
