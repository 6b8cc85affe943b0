import Determinism
import References
import Tensors

/// Sequences by shard, with keys that differ between all of them.
func packed(_ lengths: [[Int]], firstKey: UInt64 = 1000) -> Packing {
  var shards: [Range<Int>] = []
  for shard in lengths {
    let first = shards.last?.upperBound ?? 0
    shards.append(first..<first + shard.count)
  }
  let all = lengths.flatMap { $0 }
  return Packing(
    lengths: all, keys: all.indices.map { firstKey + UInt64($0) * 7 }, shards: shards)
}

/// One step in small: random parameters and inputs, a graph, random gradients from above.
///
/// Values are drawn in single precision, so that the double-precision references start from exactly
/// what the operations see.
final class Trial {
  let store = ParameterStore()
  let compute: Compute
  private var random: CounterRandom

  init(_ seed: UInt64, threads: Int = 2) throws {
    compute = try Compute(threads: threads, workspace: Workspace(growth: 4 << 20))
    random = CounterRandom(seed: seed)
  }

  /// A parameter of values uniform in ±`scale`.
  func parameter(_ rows: Int, _ columns: Int, scale: Float = 1) -> Parameter {
    store.declare(
      "parameter\(store.all.count)", rows: rows, columns: columns, group: "all", .uniform(scale))
  }

  /// Values uniform in ±1.
  func values(_ count: Int) -> [Float] { (0..<count).map { _ in random.uniform(-1, 1) } }

  /// Builds a graph over inputs that take a gradient, sends random gradients into what it returns,
  /// and collects everything that comes back.
  func run(
    _ inputs: [(columns: Int, packing: Packing)], _ graph: (Tape, [Variable]) throws -> [Variable]
  ) throws -> Outcome {
    try store.allocate(seed: 5)
    let shards = inputs.first?.packing.shards.count ?? 4
    let tree = try unwrapped(SumTree(leaves: shards))
    let arena = try GradientArena(parameters: store, tree: tree, shards: 0..<shards)
    let tape = Tape(compute: compute, parameters: store, gradients: arena)
    let leaves = try inputs.map { columns, packing in
      let leaf = try tape.make(columns: columns, packing: packing)
      leaf.value.pointer.update(from: values(leaf.value.count), count: leaf.value.count)
      return leaf
    }
    let before = leaves.map { Reference.double($0.value.array) }
    let outputs = try graph(tape, leaves)
    let after = outputs.map { Reference.double($0.value.array) }
    var above: [[Double]] = []
    for output in outputs {
      let gradient = values(output.value.count)
      try tape.seed(output, gradient: gradient)
      above.append(Reference.double(gradient))
    }
    try tape.backward()
    return Outcome(
      inputs: before, outputs: after, above: above,
      inputGradients: leaves.map { Reference.double($0.gradient?.array ?? []) },
      parameters: copy(store.values), parameterGradients: copy(arena.partials[0]))
  }

  private func copy(_ arena: UnsafeMutablePointer<Float>) -> [Double] {
    Reference.double(Array(UnsafeBufferPointer(start: arena, count: store.count)))
  }
}

/// What a trial saw and gave, exactly, in double precision.
struct Outcome {
  let inputs: [[Double]]
  let outputs: [[Double]]
  /// The gradient sent into each output.
  let above: [[Double]]
  /// What came back to each input; empty where nothing did.
  let inputGradients: [[Double]]
  fileprivate let parameters: [Double]
  fileprivate let parameterGradients: [Double]

  func value(_ parameter: Parameter) -> [Double] {
    Array(parameters[parameter.offset..<parameter.offset + parameter.count])
  }

  func gradient(_ parameter: Parameter) -> [Double] {
    Array(parameterGradients[parameter.offset..<parameter.offset + parameter.count])
  }
}

struct Missing: Error {}

func unwrapped<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw Missing() }
  return value
}
