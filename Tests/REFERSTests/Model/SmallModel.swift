import Determinism
import Distributed
import REFERS
import Tensors
import XCTest

/// A whole model of a few thousand parameters without dropout, whose tensors go by name.
final class SmallModel {
  let model: REFERSModel
  private let engine: ReportEngine
  private let slices: [String: NamedSlice]

  static var configuration: Configuration {
    var configuration = Configuration.named(.tiny)
    configuration.image.crop = 32
    configuration.model.radiograph.patch = 8
    configuration.model.radiograph.width = 24
    configuration.model.radiograph.blocks = 2
    configuration.model.radiograph.heads = 2
    configuration.model.radiograph.mlp = 48
    configuration.model.radiograph.dropout = 0
    configuration.model.textEncoder.width = 24
    configuration.model.textEncoder.heads = 2
    configuration.model.textEncoder.mlp = 48
    configuration.model.textEncoder.positions = configuration.text.maxTokens
    configuration.model.textEncoder.dropout = 0
    configuration.model.decoder.width = 32
    configuration.model.decoder.heads = 2
    configuration.model.decoder.mlp = 48
    configuration.model.decoder.dropout = 0
    return configuration
  }

  static let vocabulary = 90

  init(_ configuration: Configuration, seed: UInt64 = 4) throws {
    model = REFERSModel(configuration, vocabulary: Self.vocabulary)
    try model.parameters.allocate(seed: seed)
    slices = Dictionary(uniqueKeysWithValues: model.parameters.slices.map { ($0.name, $0) })
    engine = try ReportEngine(
      model: model, compute: try Compute(), communicator: try Communicator.world(),
      tree: XCTUnwrap(SumTree(leaves: 8)))
    enliven()
  }

  /// Larger weights than a model starts from, so that studies and reports differ in their features:
  /// else rounding is a large part of what is left of a gradient.
  private func enliven() {
    for slice in model.parameters.slices where slice.shape.count > 1 {
      let joins = slice.name.hasPrefix("recurrent.") || slice.name.contains("position_projection")
      guard !joins else { continue }
      let inputs = slice.count / (slice.shape.first ?? 1)
      scatter(slice.name, bound: slice.name.contains("embed") ? 1 : 2 / Float(inputs).squareRoot())
    }
  }

  var names: [String] { model.parameters.slices.map(\.name) }

  /// A tensor's values.
  subscript(name: String) -> [Double] {
    get { read(name, from: model.parameters.values) }
    set {
      guard let slice = slices[name], slice.count == newValue.count else {
        return XCTFail("\(name) does not hold \(newValue.count) values.")
      }
      for (at, value) in newValue.enumerated() {
        model.parameters.values[slice.offset + at] = Float(value)
      }
    }
  }

  /// A tensor's gradient after the last ``train(_:)``.
  func gradient(_ name: String) -> [Double] { read(name, from: engine.gradients) }

  private func read(_ name: String, from arena: UnsafeMutablePointer<Float>) -> [Double] {
    guard let slice = slices[name] else {
      XCTFail("There is no tensor \(name).")
      return []
    }
    return (0..<slice.count).map { Double(arena[slice.offset + $0]) }
  }

  /// Replaces a tensor by values from -`bound` to `bound`.
  func scatter(_ name: String, bound: Float) {
    var random = CounterRandom(seed: 8, CounterRandom.word(name))
    self[name] = self[name].map { _ in Double(random.uniform(-bound, bound)) }
  }

  func train(_ studies: [PreparedStudy]) throws -> Losses {
    try engine.train(studies, in: Step(number: 1, studies: Array(studies.indices))).losses
  }

  /// Two updates by the gradient of the last ``train(_:)``.
  func update(_ options: Configuration.Optimizer) throws {
    let optimizer = try makeOptimizer(options, for: model.parameters)
    for _ in 0..<2 {
      optimizer.update(
        gradients: engine.gradients, scale: 1, rate: { _ in 0.1 },
        team: try Compute(threads: 2).team)
    }
  }

  func evaluate(
    _ studies: [PreparedStudy]
  ) throws -> (losses: Losses, features: ReportEngine.Features) {
    try engine.evaluate(studies, count: studies.count)
  }
}

extension SmallModel {
  /// A radiograph of noise, each of another brightness.
  static func radiograph(_ number: Int) -> GrayImage {
    var random = CounterRandom(seed: 21, UInt64(number))
    let side = configuration.image.crop
    let brightness = random.uniform(0.2, 1)
    return GrayImage(
      width: side, height: side,
      pixels: (0..<side * side).map { _ in brightness * random.uniform() })
  }

  /// A study of these radiographs in these slots, with a report of its own.
  static func study(_ index: Int, radiographs: [Int], slots: [Int]) -> PreparedStudy {
    var random = CounterRandom(seed: 22, UInt64(index))
    let tokens =
      [2] + (0..<7 + index).map { _ in Int32(5 + random.integer(below: vocabulary - 5)) } + [3]
    return PreparedStudy(
      index: index, key: random.key, images: radiographs.map { radiograph($0) }, slots: slots,
      encoderTokens: tokens, decoderTokens: tokens)
  }

  /// Studies of one, two and three radiographs.
  static var studies: [PreparedStudy] {
    [
      study(0, radiographs: [0], slots: [0, 0, 0]),
      study(1, radiographs: [1, 2], slots: [1, 0, 1]),
      study(2, radiographs: [3, 4, 5], slots: [0, 1, 2]),
      study(3, radiographs: [6, 7], slots: [0, 1, 1]),
    ]
  }
}
