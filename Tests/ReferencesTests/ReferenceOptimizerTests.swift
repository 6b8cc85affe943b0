import Foundation
import References
import XCTest

/// The reference optimizers against torch.optim (scripts/fixtures/make_optimizer_fixture.py).
final class ReferenceOptimizerTests: XCTestCase {
  private struct Fixture: Decodable {
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
    let optimizer: Optimizer
    let training: Training
    let parameters: [Parameter]
    let steps: [Step]
  }

  private struct Schedule: Decodable {
    let warmupSteps, steps: Int
    let at: [Int]
    let factor: [Double]
  }

  private func load<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
    let data = try Data(contentsOf: ModelFixture.folder.appendingPathComponent("\(name).json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: data)
  }

  func testAgainstTorch() throws {
    for name in ["sgd", "sgd-lookahead", "adamw", "adamw-lookahead"] {
      try check(name, try load("optimizer-\(name)", as: Fixture.self))
    }
  }

  private func check(_ name: String, _ fixture: Fixture) throws {
    let options = fixture.optimizer
    var parameters = fixture.parameters.map(\.initial)
    var slow = parameters
    var momenta = parameters.map { $0.map { _ in 0.0 } }
    var states = parameters.map { Reference.AdamWState(count: $0.count) }
    for (t, step) in fixture.steps.enumerated() {
      var gradients = step.gradients
      let norm = Reference.clip(&gradients, limit: options.clipNorm)
      XCTAssertEqual(norm, step.norm, accuracy: 1e-12)
      let factor = Reference.rateFactor(
        step: t, warmup: options.warmupSteps, steps: fixture.training.steps)
      for (i, described) in fixture.parameters.enumerated() {
        let rate = factor * (try XCTUnwrap(options.learningRate[described.group]))
        let decay = described.decay ? options.weightDecay : 0
        if options.name == "sgd" {
          Reference.sgd(
            &parameters[i], gradients: gradients[i], momenta: &momenta[i], rate: rate,
            momentum: try XCTUnwrap(options.momentum), decay: decay)
        } else {
          Reference.adamW(
            &parameters[i], gradients: gradients[i], state: &states[i], step: t, rate: rate,
            beta1: try XCTUnwrap(options.beta1), beta2: try XCTUnwrap(options.beta2),
            epsilon: try XCTUnwrap(options.epsilon), decay: decay)
        }
        if options.lookahead.enabled, (t + 1) % options.lookahead.steps == 0 {
          Reference.lookahead(&parameters[i], slow: &slow[i], alpha: options.lookahead.alpha)
        }
        // torch clips by limit / (norm + 1e-6), a relative 2e-7 at these norms.
        let error = Reference.relativeError(parameters[i], step.parameters[i])
        XCTAssertLessThan(error, options.clipNorm > 0 ? 1e-6 : 1e-12, "\(name), step \(t)")
      }
    }
  }

  func testSchedules() throws {
    for schedule in try load("schedules", as: [Schedule].self) {
      for (step, factor) in zip(schedule.at, schedule.factor) {
        let own = Reference.rateFactor(
          step: step, warmup: schedule.warmupSteps, steps: schedule.steps)
        XCTAssertEqual(own, factor, accuracy: 1e-14)
      }
    }
  }
}
