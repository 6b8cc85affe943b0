import Diagnostics
import Distributed
import Tensors

/// Rows that a model computes of many studies, such as features of images, on all ranks.
///
/// The studies go through in packets of a fixed number, each of them one shard, and packets are
/// dealt to the ranks in turn: a row is a function of the weights and of the studies asked for, in
/// their order, whatever the number of ranks and threads. Nothing is augmented, drawn or dropped.
///
/// ```swift
/// let rows = try inference.rows(of: studies, width: model.width) { batch, tape in
///   try model.features(batch, on: tape)
/// }
/// ```
public struct ImageInference {
  private let compute: Compute
  private let parameters: ParameterStore
  private let communicator: Communicator
  private let preparer: StudyPreparer
  private let patches: Int
  private let workers: Int
  private let prefetch: Int
  private let packet: Int

  /// Packets of each rank between two gathers.
  private static let round = 8

  /// - Parameters:
  ///   - patches: the patches of an image, as the model cuts it.
  ///   - workers: threads that read images ahead; 0 reads in between.
  ///   - prefetch: packets read ahead.
  ///   - packet: studies that go through together; it decides the last bits.
  public init(
    compute: Compute, parameters: ParameterStore, communicator: Communicator,
    preparer: StudyPreparer, patches: Int, workers: Int, prefetch: Int, packet: Int = 16
  ) {
    self.compute = compute
    self.parameters = parameters
    self.communicator = communicator
    self.preparer = preparer
    self.patches = patches
    self.workers = workers
    self.prefetch = prefetch
    self.packet = max(1, packet)
  }

  /// The rows of studies in the order asked, studies · `width` floats, on every rank.
  ///
  /// - Parameters:
  ///   - studies: indices in the preparer's source; any may be asked for twice.
  ///   - progress: told how many of them are done.
  ///   - forward: makes one row of `width` floats of each study of a batch.
  /// - Throws: on every rank, where a study cannot be prepared or computed on one, or a row is not
  ///   finite.
  /// - Communication: the rows, and a few bytes, from each rank to every other, every few packets.
  public func rows(
    of studies: [Int], width: Int, progress: ((Int) throws -> Void)? = nil,
    forward: (StudyBatch, Tape) throws -> Variable
  ) throws -> [Float] {
    try rows(of: studies, widths: [width], progress: progress) { [try forward($0, $1)] }[0]
  }

  /// Several kinds of rows of studies at once, each as ``rows(of:width:progress:forward:)`` gives
  /// them: `widths[i]` floats for each study in result `i`.
  public func rows(
    of studies: [Int], widths: [Int], progress: ((Int) throws -> Void)? = nil,
    forward: (StudyBatch, Tape) throws -> [Variable]
  ) throws -> [[Float]] {
    let packets = stride(from: 0, to: studies.count, by: packet).map {
      $0..<min($0 + packet, studies.count)
    }
    let (rank, ranks) = (communicator.rank, communicator.size)
    let loader = try communicator.together("starting to read images") {
      try StudyLoader(
        preparer: preparer,
        requests: stride(from: rank, to: packets.count, by: ranks).lazy.map {
          LoadRequest(epoch: 0, studies: Array(studies[packets[$0]]), training: false)
        }, workers: workers, depth: prefetch)
    }
    var results = widths.map { [Float](repeating: 0, count: studies.count * $0) }
    for start in stride(from: 0, to: packets.count, by: Self.round * ranks) {
      let end = min(start + Self.round * ranks, packets.count)
      /// The packets of this round that a rank takes.
      func part(_ rank: Int) -> StrideTo<Int> { stride(from: start + rank, to: end, by: ranks) }
      let own = try communicator.together("computing images") {
        var own = widths.map { _ in [Float]() }
        for _ in part(rank) {
          let rows = try next(loader, widths, forward)
          for kind in widths.indices { own[kind] += rows[kind] }
        }
        return own
      }
      for (kind, width) in widths.enumerated() {
        let counts = (0..<ranks).map { part($0).reduce(0) { $0 + packets[$1].count } * width }
        let all = try communicator.allGather(own[kind], counts: counts)
        var place = 0
        for packet in (0..<ranks).flatMap({ Array(part($0)) }) {
          let rows = packets[packet]
          let count = rows.count * width
          results[kind].replaceSubrange(
            rows.lowerBound * width..<rows.upperBound * width, with: all[place..<place + count])
          place += count
        }
      }
      try progress?(packets[end - 1].upperBound)
    }
    return results
  }

  /// The rows of the next packet; all else that it took is given back.
  private func next(
    _ loader: StudyLoader, _ widths: [Int],
    _ forward: (StudyBatch, Tape) throws -> [Variable]
  ) throws -> [[Float]] {
    guard let studies = try loader.next() else {
      throw Failure(.input, "There are fewer studies than were asked for.")
    }
    let batch = StudyBatch(studies, shards: [0..<studies.count], patches: patches)
    let variables = try forward(batch, Tape(compute: compute, parameters: parameters))
    let shapes = variables.map { [$0.value.rows, $0.value.columns] }
    guard shapes == widths.map({ [studies.count, $0] }) else {
      throw Failure(
        .shape, "\(studies.count) studies gave \(shapes), not rows of \(widths).",
        remedy: "Make one row of the width asked for of each study.")
    }
    let rows = variables.map(\.value.array)
    for (kind, width) in zip(rows, widths) {
      guard let place = kind.firstIndex(where: { !$0.isFinite }) else { continue }
      throw Failure(
        .numerics,
        "What the model makes of study \(studies[place / width].index) (from 0) is not finite.",
        remedy: "Take another checkpoint: this one's weights are damaged or have grown too large.")
    }
    return rows
  }
}
