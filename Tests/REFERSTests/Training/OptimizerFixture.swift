import Foundation

/// Tests/Fixtures/optimizer-*.json: what torch.optim does with given gradients.
struct OptimizerFixture: Decodable {
  struct Lookahead: Decodable {
    let enabled: Bool
    let steps: Int
    let alpha: Double
  }

  struct Optimizer: Decodable {
    let name: String
    let momentum, beta1, beta2, epsilon: Double?
    let weightDecay, clipNorm: Double
    let lookahead: Lookahead
    let learningRate: [String: Double]
    let warmupSteps: Int
  }

  struct Training: Decodable { let steps: Int }

  struct Parameter: Decodable {
    let name, group: String
    let decay: Bool
    let initial: [Double]
  }

  struct Step: Decodable {
    let factor, norm: Double
    let gradients, parameters: [[Double]]
  }

  /// An element of schedules.json.
  struct Schedule: Decodable {
    let warmupSteps, steps: Int
    let at: [Int]
    let factor: [Double]
  }

  let optimizer: Optimizer
  let training: Training
  let parameters: [Parameter]
  let steps: [Step]

  static func load<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      type, from: Data(contentsOf: ModelFixture.folder.appendingPathComponent("\(name).json")))
  }
}
