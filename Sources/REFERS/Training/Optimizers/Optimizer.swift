import Tensors

/// What turns a gradient into new parameters; its state lies in arenas like the parameters'.
///
/// Every update is elementwise: it has the same bits however the arena is cut among threads.
public protocol Optimizer: AnyObject {
  /// The arenas of state by name, each as long as the parameters'.
  var states: [(name: String, values: UnsafeMutablePointer<Float>)] { get }

  /// What it counts; a run that goes on sets it.
  var counters: OptimizerCounters { get set }

  /// One update.
  ///
  /// - Parameters:
  ///   - gradients: the arena of gradients.
  ///   - scale: what gradients are multiplied with first, from clipping.
  ///   - rate: the learning rate of a group.
  func update(
    gradients: UnsafePointer<Float>, scale: Float, rate: (ParameterGroup) -> Float,
    team: ThreadTeam)
}

extension Optimizer {
  /// Whether Lookahead's fast and slow weights are the same; true without Lookahead.
  public var weightsAgree: Bool { counters.age == 0 }
}

/// The numbers of an optimizer's state.
public struct OptimizerCounters: Codable, Equatable, Sendable {
  /// Updates made.
  public var updates: Int
  /// Updates since Lookahead's fast and slow weights last agreed; 0 without Lookahead.
  public var age: Int

  public init(updates: Int = 0, age: Int = 0) {
    self.updates = updates
    self.age = age
  }
}

/// Runs of parameters that share a learning rate and decay, in pieces for the threads.
struct UpdatePlan {
  struct Piece {
    let range: Range<Int>
    let group: ParameterGroup
    let decays: Bool
  }

  let pieces: [Piece]

  init(_ parameters: ParameterStore) {
    pieces = parameters.declarations.flatMap { declaration -> [Piece] in
      guard declaration.isTrained else { return [] }
      let start = declaration.parameter.offset
      let end = start + declaration.parameter.count
      let group = ParameterGroup(rawValue: declaration.group) ?? .radiograph
      return stride(from: start, to: end, by: 1 << 16).map {
        Piece(range: $0..<min($0 + (1 << 16), end), group: group, decays: declaration.decays)
      }
    }
  }

  /// Visits the pieces, shared out among the threads.
  func forEach(_ team: ThreadTeam, _ body: (Piece) -> Void) {
    team.forEach(pieces.count, of: "update") { index, _ in body(pieces[index]) }
  }
}
