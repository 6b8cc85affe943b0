import Determinism

/// Which studies each step takes: a function of the seed and the epoch alone.
///
/// Training shuffles the studies anew in each epoch; validation keeps their order. The last,
/// smaller batch of an epoch is kept, so that every study is seen exactly once.
public struct EpochPlan: Sendable {
  public let seed: UInt64
  /// The indices of the studies in their source.
  public let studies: [Int]
  /// The number of studies in a step.
  public let batch: Int
  public let shuffled: Bool

  /// A plan over the given studies; `batch` must be positive.
  public init(seed: UInt64, studies: [Int], batch: Int, shuffled: Bool) {
    precondition(batch > 0, "A batch holds at least one study.")
    self.seed = seed
    self.studies = studies
    self.batch = batch
    self.shuffled = shuffled
  }

  /// The number of steps in one epoch.
  public var stepsPerEpoch: Int { (studies.count + batch - 1) / batch }

  /// All studies in the order of an epoch.
  public func order(ofEpoch epoch: Int) -> [Int] {
    guard shuffled else { return studies }
    var random = CounterRandom(
      seed: seed, UInt64(bitPattern: Int64(epoch)), RandomPurpose.order.rawValue)
    var order = random.permutation(studies.count)
    for place in order.indices { order[place] = studies[order[place]] }
    return order
  }

  /// The steps of an epoch in order; the last may be smaller.
  public func steps(ofEpoch epoch: Int) -> Steps {
    Steps(order: order(ofEpoch: epoch), batch: batch)
  }

  /// The studies of each step of an epoch, cut from their order when asked for.
  public struct Steps: RandomAccessCollection, Sendable {
    let order: [Int]
    let batch: Int

    public var startIndex: Int { 0 }
    public var endIndex: Int { (order.count + batch - 1) / batch }

    public subscript(step: Int) -> [Int] {
      Array(order[step * batch..<Swift.min((step + 1) * batch, order.count)])
    }
  }
}
