import Determinism

/// What a random number is drawn for; part of the key of its stream.
///
/// Values are written into nothing but decide every random number: never renumber them.
public enum RandomPurpose: UInt64, Sendable {
  /// The order of the studies in an epoch.
  case order = 1
  /// Which patients form the validation part of a source without a split of its own.
  case split = 2
  /// Which radiographs of a study fill the view slots.
  case views = 3
  /// Whether a study is flipped.
  case flip = 4
  /// The augmentation of one radiograph.
  case augmentation = 5
  /// Everything the model draws while it computes a study, dropout above all.
  case model = 6
  /// Initial values of parameters.
  case parameters = 7
  /// Which training images a share of the labels is of.
  case labels = 8
  /// What a repeat of fine-tuning is trained by.
  case repetition = 9
  /// Which images form a bootstrap sample.
  case bootstrap = 16
  /// What studies of a benchmark look like.
  case benchmark = 17
}

extension CounterRandom {
  /// The stream of one study in one epoch for one purpose.
  public init(seed: UInt64, epoch: Int, study: Int, _ purpose: RandomPurpose) {
    self.init(
      seed: seed, UInt64(bitPattern: Int64(epoch)), UInt64(bitPattern: Int64(study)),
      purpose.rawValue)
  }

  /// The stream of one part of this stream's subject, such as one radiograph of a study.
  func part(_ word: UInt64) -> CounterRandom {
    CounterRandom(key: CounterRandom.combine(key, word))
  }
}
