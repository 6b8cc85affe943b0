import Determinism

/// One step's operations, recorded on the way forward and replayed backward.
///
/// A tape is coarse: an operation is a fused kernel with a backward written by hand. It knows the
/// shards of the step that this process holds; gradients of parameters are computed shard by shard
/// and summed along the fixed tree, so that they have the same bits however shards are spread.
///
/// ```swift
/// let tape = Tape(compute: compute, parameters: store, gradients: arena)
/// let loss = try model(batch, on: tape)
/// try tape.backward()
/// ```
public final class Tape {
  public let compute: Compute
  public let parameters: ParameterStore
  /// Where gradients of parameters go; nil where nothing is recorded (evaluation: no dropout).
  let gradients: GradientArena?
  private var records: [() throws -> Void] = []
  private var uses: [Int: Int] = [:]
  private var pending: [Int: [GradientContribution]] = [:]

  /// A tape; with an arena it trains, without it evaluates.
  public init(compute: Compute, parameters: ParameterStore, gradients: GradientArena? = nil) {
    self.compute = compute
    self.parameters = parameters
    self.gradients = gradients
  }

  /// True where operations are recorded and units dropped.
  public var isTraining: Bool { gradients != nil }

  var team: ThreadTeam { compute.team }
  var blas: any MatrixMultiply { compute.blas }

  /// The values of a parameter.
  func values(_ parameter: Parameter) -> UnsafeMutablePointer<Float> {
    parameters.values + parameter.offset
  }

  /// An uninitialised variable.
  package func make(columns: Int, packing: Packing, needsGradient: Bool = true) throws -> Variable {
    let buffer = try compute.workspace.allocate(packing.rows * columns)
    return Variable(
      buffer, columns: columns, packing: packing, needsGradient: needsGradient && isTraining)
  }

  /// Data as a variable; `fill` writes it.
  public func input(
    columns: Int, packing: Packing, fill: (UnsafeMutablePointer<Float>) throws -> Void
  ) throws -> Variable {
    let variable = try make(columns: columns, packing: packing, needsGradient: false)
    try fill(variable.value.pointer)
    return variable
  }

  /// Notes that an operation uses a parameter and will contribute to its gradient.
  func use(_ parameters: Parameter?...) {
    guard isTraining else { return }
    for case let parameter? in parameters { uses[parameter.index, default: 0] += 1 }
  }

  /// Records an operation's backward; it is given the gradient of `output`.
  func record(_ output: Variable, _ backward: @escaping (Buffer) throws -> Void) {
    guard isTraining else { return }
    records.append {
      guard let gradient = output.takeGradient() else { return }
      try backward(gradient)
    }
  }

  /// Records a backward that needs no gradient from above: a loss.
  func recordLoss(_ backward: @escaping () throws -> Void) {
    guard isTraining else { return }
    records.append(backward)
  }

  /// Sets the gradient of a variable, from a loss computed outside the tape.
  public func seed(_ variable: Variable, gradient: UnsafePointer<Float>) throws {
    let (target, accumulate) = try variable.gradientTarget(compute.workspace)
    if accumulate {
      Elementwise.add(gradient, to: target.pointer, count: target.count)
    } else {
      target.pointer.update(from: gradient, count: target.count)
    }
  }

  /// Replays everything backward; afterwards the arena holds the gradients of this process's
  /// shards, one partial sum for each whole subtree of them.
  public func backward() throws {
    guard let gradients else { return }
    while let record = records.popLast() { try record() }
    // What was used but got no gradient, or was not used at all, has gradient zero.
    for parameter in parameters.all where !gradients.isDone(parameter) {
      let contributions = pending.removeValue(forKey: parameter.index) ?? []
      try gradients.reduce(parameter, contributions, compute: compute)
    }
    uses.removeAll()
    pending.removeAll()
  }

  /// Hands in one use's share of a parameter's gradient; with the last use the sum is taken.
  func contribute(_ parameter: Parameter, _ contribution: GradientContribution) throws {
    guard let gradients else { return }
    pending[parameter.index, default: []].append(contribution)
    guard let list = pending[parameter.index], list.count == uses[parameter.index] else { return }
    pending[parameter.index] = nil
    try gradients.reduce(parameter, list, compute: compute)
  }
}
