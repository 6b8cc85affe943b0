import Determinism
import References
import XCTest

/// Draws values for tests, the same in every run.
struct Values {
  var random: CounterRandom

  init(_ seed: UInt64) { random = CounterRandom(seed: seed) }

  /// Uniform in (-scale, scale).
  mutating func callAsFunction(_ count: Int, scale: Double = 1) -> [Double] {
    (0..<count).map { _ in Double.random(in: -scale..<scale, using: &random) }
  }

  /// Dropout's multipliers: 0, or 1 / (1 - p).
  mutating func multipliers(_ count: Int, dropout p: Double = 0.25) -> [Double] {
    (0..<count).map { _ in Double.random(in: 0..<1, using: &random) < p ? 0 : 1 / (1 - p) }
  }
}

/// Holds a backward pass to central differences of its forward pass: for a random direction c, the
/// gradient of Σ c y in every element of every input, to 1e-6 relative.
func checkGradient(
  _ what: String, _ inputs: [[Double]], forward: ([[Double]]) -> [Double],
  backward: ([[Double]], [Double]) -> [[Double]], file: StaticString = #filePath,
  line: UInt = #line
) {
  var values = Values(99)
  let direction = values(forward(inputs).count)
  let gradients = backward(inputs, direction)
  XCTAssertEqual(gradients.count, inputs.count, "\(what): inputs", file: file, line: line)
  let step = 1e-6
  for (index, input) in inputs.enumerated() {
    let differences = input.indices.map { i in
      var (low, high) = (inputs, inputs)
      low[index][i] -= step
      high[index][i] += step
      let (above, below) = (high[index][i], low[index][i])
      let rise = zip(forward(high), forward(low)).map { $0 - $1 }
      return Reference.dot(direction, rise) / (above - below)
    }
    // What is flat to rounding has no relative error.
    let flat = (gradients[index] + differences).allSatisfy { abs($0) < 1e-9 }
    let error = flat ? 0 : Reference.relativeError(gradients[index], differences)
    XCTAssertLessThan(error, 1e-6, "\(what): input \(index)", file: file, line: line)
  }
}
