import Determinism
import Foundation

/// How a parameter starts; the values are a function of (seed, name, position).
public enum Initializer: Sendable, Equatable {
  case zeros
  case ones
  /// N(0, std²).
  case normal(Float)
  /// N(0, std²) with the first row zero: embeddings whose first row stands for nothing.
  case normalZeroFirst(Float)
  /// U(-bound, bound).
  case uniform(Float)
  /// U(±√(6 / (rows + columns))): Glorot and Bengio, 2010.
  case xavierUniform
  /// [I | I]: the sum of the two halves of the input.
  case identityPair

  /// U(±1/√fanIn), with which linear layers commonly start.
  public static func linear(fanIn: Int) -> Initializer { .uniform(1 / Float(fanIn).squareRoot()) }

  /// Writes `rows` x `columns` values.
  func fill(
    _ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int, seed: UInt64, name: String
  ) {
    var random = CounterRandom(seed: seed, CounterRandom.word("initial"), CounterRandom.word(name))
    let count = rows * columns
    switch self {
    case .zeros: values.update(repeating: 0, count: count)
    case .ones: values.update(repeating: 1, count: count)
    case .uniform(let bound):
      for i in 0..<count { values[i] = random.uniform(-bound, bound) }
    case .xavierUniform:
      let bound = (6 / Float(rows + columns)).squareRoot()
      for i in 0..<count { values[i] = random.uniform(-bound, bound) }
    case .normal(let deviation):
      for i in 0..<count { values[i] = deviation * Initializer.normal(&random) }
    case .normalZeroFirst(let deviation):
      for i in 0..<count { values[i] = i < columns ? 0 : deviation * Initializer.normal(&random) }
    case .identityPair:
      for i in 0..<count {
        values[i] = (i % columns) % (columns / 2) == i / columns ? 1 : 0
      }
    }
  }

  /// A standard normal number (Box and Muller).
  private static func normal(_ random: inout CounterRandom) -> Float {
    let radius = (-2 * log(1 - Double(random.uniform()))).squareRoot()
    return Float(radius * cos(2 * Double.pi * Double(random.uniform())))
  }
}
