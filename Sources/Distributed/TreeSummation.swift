import Determinism
import Diagnostics

/// A ``TreeExchange`` that is waited for at once.
public final class TreeSummation<Element: MPISummable> {
  private let exchange: TreeExchange<Element>

  public var tree: SumTree { exchange.tree }
  public var leaves: Range<Int> { exchange.leaves }
  public var nodes: [Range<Int>] { exchange.nodes }

  public init(_ communicator: Communicator, tree: SumTree, sliceLimit: Int = 1 << 19) throws {
    exchange = try TreeExchange(communicator, tree: tree, pieceElements: sliceLimit)
  }

  /// Replaces `partials[0][offset ..< offset + count]` by the sum over all leaves, on every rank.
  public func sum(
    _ partials: [UnsafeMutablePointer<Element>], offset: Int = 0, count: Int
  ) throws {
    try exchange.sum(partials, offset..<offset + count)
  }
}
