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

/// `tiny` itself, with shards of more rows than a block of a matrix product holds.
func tinyModel(_ communicator: Communicator, _ options: Options) throws {
  var configuration = Configuration.named(.tiny)
  configuration.optimizer.warmupSteps = 1
  let trainer = try Trainer(
    configuration, vocabulary: configuration.text.vocabularySize, communicator: communicator,
    options: options)
  let rows = trainer.largestShard(step: 0, count: 32)
  try require(rows > 384, "The largest shard of `tiny` has \(rows) rows.")
  try trainer.train([32, 32], name: "tiny")
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
