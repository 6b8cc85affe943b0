import Determinism
import Diagnostics

/// The sum over all leaves of a ``SumTree`` whose leaves are shared out among the ranks, with the
/// same bits for any number of ranks, made while the caller goes on computing.
///
/// Rank `r` holds the leaves `tree.leaves(ofPart: r, of: size)`, and one vector for each of the
/// largest whole subtrees they make up (``nodes``), already summed along the tree. Every addition
/// is `left + right` of two siblings, in the order of the tree; none is left out, so that signed
/// zeros come out as in one process.
///
///     try exchange.begin(partials)
///     for range in ranges { compute(range); try exchange.submit(range) }
///     let report = try exchange.finish()
///
/// All ranks begin, submit the same ranges in the same order, and finish. From the first `submit`
/// to the end of `finish` the caller makes no other MPI call unless ``Communicator/threads`` are
/// many. Where MPI allows one thread alone, all is done in `finish`. The vectors must outlive the
/// round, or, after a failure, the exchange.
///
/// - Communication: a vector of `n` elements costs each rank `2 · (size - 1)/size · n` elements
///   sent, where the ranks are a power of two in `2 · log₂(size)` messages a piece; otherwise the
///   first half of it for each node.
public final class TreeExchange<Element: MPISummable> {
  /// The tree along which is summed.
  public let tree: SumTree
  /// The leaves this rank contributes.
  public let leaves: Range<Int>
  /// The subtrees for which this rank contributes one vector each, in order.
  public let nodes: [Range<Int>]

  private let communicator: Communicator
  private let pieceElements: Int
  private let thread: ExchangeThread<Element>
  /// A digest of the ranges of all rounds, for the ranks to compare.
  private var history: UInt64 = 0

  /// - Parameters:
  ///   - tree: the same on every rank.
  ///   - pieceElements: the most elements of one message, the same on every rank.
  /// - Throws: `configuration` where there are more ranks than leaves.
  public init(
    _ communicator: Communicator, tree: SumTree, pieceElements: Int = 1 << 18
  ) throws {
    let size = communicator.size
    guard size <= tree.leaves else {
      throw Failure(
        .configuration, "\(size) ranks share \(tree.leaves) shards: some rank would have none.",
        remedy: "Raise `shards` to a power of two of at least \(size), or start at most "
          + "\(tree.leaves) ranks.")
    }
    self.communicator = communicator
    self.tree = tree
    self.pieceElements = max(1, min(pieceElements, communicator.pieceLimit))
    leaves = tree.leaves(ofPart: communicator.rank, of: size)
    nodes = tree.nodes(covering: leaves)
    let lanes = ExchangeLanes<Element>(
      communicator, schedule: ExchangeSchedule(tree: tree, rank: communicator.rank, size: size),
      messageElements: self.pieceElements)
    thread = ExchangeThread(
      communicator, lanes: lanes, hasThread: size > 1 && communicator.threads >= .inTurns)
  }

  deinit { thread.stop() }

  /// Starts a round over these partial vectors, one for each of ``nodes``, none overlapping
  /// another. Sums come to stand in `partials[0]`; where they do, the others lose their meaning.
  ///
  /// - Throws: `shape` if vectors and nodes differ in number; `communication` if the ranks do not
  ///   all begin, or differed in the ranges of the rounds before.
  /// - Communication: one message of 40 bytes to each rank.
  public func begin(_ partials: [UnsafeMutablePointer<Element>]) throws {
    guard partials.count == nodes.count else {
      throw Failure(
        .shape,
        "A tree sum over \(nodes.count) nodes was given \(partials.count) vectors.",
        remedy: "Give one vector for each node of this rank.")
    }
    let detail = [tree.leaves, pieceElements].reduce(history) {
      CounterRandom.combine($0, UInt64($1))
    }
    try communicator.agree(.treeSum, Element.kind, detail: Int64(bitPattern: detail), count: 0)
    try thread.begin(partials)
  }

  /// Sums this range of the vectors, which are final there on this rank; returns at once.
  ///
  /// - Throws: what the exchange has met since `begin`; the run must then end.
  public func submit(_ range: Range<Int>) throws {
    guard communicator.size > 1, !range.isEmpty else { return }
    history = CounterRandom.combine(
      CounterRandom.combine(history, UInt64(range.lowerBound)), UInt64(range.upperBound))
    try thread.submit(range)
  }

  /// Returns once all that was submitted is summed on this rank.
  ///
  /// - Throws: what the exchange has met; the run must then end.
  @discardableResult
  public func finish() throws -> ExchangeReport { try thread.finish() }

  /// Sums one range of the vectors, and waits for it.
  @discardableResult
  public func sum(
    _ partials: [UnsafeMutablePointer<Element>], _ range: Range<Int>
  ) throws -> ExchangeReport {
    try begin(partials)
    try submit(range)
    return try finish()
  }
}
