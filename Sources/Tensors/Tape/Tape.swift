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
  /// Where gradients of parameters go; nil where nothing is recorded.
  let gradients: GradientArena?
  /// True where units are dropped: a forward pass of training, recorded or not.
  public let dropsUnits: Bool
  /// How many of the segments are computed a second time on the way back, the first ones.
  public let recomputedSegments: Int
  /// How the values that segments keep for the way back are kept.
  public let storage: StoragePrecision
  /// The segments so far.
  public private(set) var segments = 0
  /// What the segment under way keeps; nil outside of one.
  private var keeping: Keeping?
  private var isReplaying = false
  private var isPaused = false
  private var records: [() throws -> Void] = []
  private var uses: [Int: Int] = [:]
  private var pending: [Int: [GradientContribution]] = [:]

  /// A tape that trains.
  public init(
    compute: Compute, parameters: ParameterStore, gradients: GradientArena,
    recomputedSegments: Int = 0, storage: StoragePrecision = .float32
  ) {
    self.compute = compute
    self.parameters = parameters
    self.gradients = gradients
    self.recomputedSegments = recomputedSegments
    self.storage = storage
    dropsUnits = true
  }

  /// A tape that only looks ahead and remembers nothing.
  ///
  /// - Parameter dropsUnits: true to compute the very values that a training tape would.
  public init(compute: Compute, parameters: ParameterStore, dropsUnits: Bool = false) {
    self.compute = compute
    self.parameters = parameters
    self.dropsUnits = dropsUnits
    gradients = nil
    recomputedSegments = 0
    storage = .float32
  }

  /// True where operations are recorded for the way back.
  public var isRecording: Bool { gradients != nil && !isPaused }

  /// Runs a part of the model whose parameters keep their values: nothing of it is kept for the
  /// way back, and its results are data to what follows.
  public func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = isPaused
    isPaused = true
    defer { isPaused = before }
    return try body()
  }

  var team: ThreadTeam { compute.team }
  var blas: any MatrixMultiply { compute.blas }

  /// The values of a parameter.
  func values(_ parameter: Parameter) -> UnsafeMutablePointer<Float> {
    parameters.values + parameter.offset
  }

  /// An uninitialised variable.
  package func make(columns: Int, packing: Packing, needsGradient: Bool = true) throws -> Variable {
    let buffer = try keep(packing.rows * columns)
    return Variable(
      buffer, columns: columns, packing: packing, needsGradient: needsGradient && isRecording)
  }

  /// A block of which the way back needs the values, if it needs the block.
  func keep(_ count: Int) throws -> Buffer {
    let buffer = try compute.workspace.allocate(count)
    keeping?.kept.append(Held(buffer: buffer))
    return buffer
  }

  /// Notes that the values of a block can be computed again, cheaply, from others that are kept: a
  /// segment then does not keep them.
  ///
  /// - Parameter compute: writes the values; called once at the most.
  func restorable(
    _ buffer: Buffer, _ compute: @escaping (UnsafeMutablePointer<Float>) -> Void
  ) {
    keeping?.restorable.append((Held(buffer: buffer), compute))
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
    // What is computed again was counted the first time.
    guard isRecording, !isReplaying else { return }
    for case let parameter? in parameters { uses[parameter.index, default: 0] += 1 }
  }

  /// Records an operation's backward; it is given the gradient of `output`.
  func record(_ output: Variable, _ backward: @escaping (Buffer) throws -> Void) {
    guard isRecording else { return }
    records.append {
      guard let gradient = output.takeGradient() else { return }
      try backward(gradient)
    }
  }

  /// Records a backward that needs no gradient from above: a loss.
  func recordLoss(_ backward: @escaping () throws -> Void) {
    guard isRecording else { return }
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
    try replay(downTo: 0)
    // What was used but got no gradient, or was not used at all, has gradient zero.
    for parameter in parameters.all where !gradients.isDone(parameter) {
      let contributions = pending.removeValue(forKey: parameter.index) ?? []
      try gradients.reduce(parameter, contributions, compute: compute)
    }
    uses.removeAll()
    pending.removeAll()
  }

  /// A part of the model, from one variable to another, of which only the input need be kept.
  ///
  /// Among the first ``recomputedSegments`` what the part leaves behind on the way forward is
  /// forgotten, and computed again, with the same bits, when the way back comes to it: less memory
  /// for one more forward pass of the part. `body` may use other variables from before the segment.
  /// What is kept, the input among it, is kept as ``storage`` says; nothing behind the segment may
  /// use the input again.
  public func segment(
    _ x: Variable, _ body: @escaping (Variable) throws -> Variable
  ) throws -> Variable {
    guard isRecording else { return try body(x) }
    segments += 1
    guard segments <= recomputedSegments else {
      let (y, keeping) = try holding(x, body)
      for (held, _) in keeping.restorable { held.buffer?.forget() }
      for held in keeping.kept { try held.buffer?.pack(team: team) }
      // The first thing on the way back through the segment.
      records.append { [self] in
        for held in keeping.kept { try held.buffer?.unpack(team: team) }
        for (held, compute) in keeping.restorable {
          guard let buffer = held.buffer else { continue }
          try buffer.reclaim()
          compute(buffer.pointer)
        }
      }
      return y
    }
    let start = records.count
    let y = try body(x)
    records.removeSubrange(start...)
    record(y) { [self] gradient in
      let start = records.count
      isReplaying = true
      let (again, keeping) = try holding(x, body)
      isReplaying = false
      // The same bits as if they had been packed, and computed again from that.
      for held in keeping.kept { held.buffer?.round(team: team) }
      if storage == .bfloat16 {
        for (held, compute) in keeping.restorable { held.buffer.map { compute($0.pointer) } }
      }
      again.receive(gradient: gradient, team: team)
      try replay(downTo: start)
    }
    return y
  }

  /// A segment's output, and what of the input and of all that it has made is not kept as it is; the
  /// output itself always is.
  private func holding(
    _ x: Variable, _ body: (Variable) throws -> Variable
  ) throws -> (Variable, Keeping) {
    keeping = Keeping(kept: [Held(buffer: x.buffer)])
    defer { keeping = nil }
    let y = try body(x)
    guard var keeping else { return (y, Keeping()) }
    keeping.restorable.removeAll { $0.0.buffer == nil || $0.0.buffer === y.buffer }
    let others = keeping.restorable.map(\.0.buffer) + [y.buffer]
    keeping.kept.removeAll { held in
      storage == .float32 || held.buffer == nil || others.contains { $0 === held.buffer }
    }
    return (y, keeping)
  }

  /// A block that this does not keep alive.
  private struct Held {
    weak var buffer: Buffer?
  }

  /// The blocks of a segment.
  private struct Keeping {
    /// Those that are packed, where they are.
    var kept: [Held] = []
    /// Those that are computed again.
    var restorable: [(Held, (UnsafeMutablePointer<Float>) -> Void)] = []
  }

  /// Runs the newest records, back to the first `count`.
  private func replay(downTo count: Int) throws {
    while records.count > count, let record = records.popLast() { try record() }
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
