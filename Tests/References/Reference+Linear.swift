import Foundation

extension Reference {
  /// What follows a linear layer.
  public enum Activation: CaseIterable, Sendable {
    case identity, relu, gelu, tanh, sigmoid

    /// f(x); GELU in its erf form, x Φ(x).
    public func value(_ x: Double) -> Double {
      switch self {
      case .identity: x
      case .relu: max(x, 0)
      case .gelu: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
      case .tanh: Foundation.tanh(x)
      case .sigmoid: 1 / (1 + exp(-x))
      }
    }

    /// f′(x); 0 for ReLU at 0.
    public func slope(_ x: Double) -> Double {
      switch self {
      case .identity:
        return 1
      case .relu:
        return x > 0 ? 1 : 0
      case .gelu:
        let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
        return 0.5 * (1 + erf(x / 2.0.squareRoot())) + x * density
      case .tanh:
        return 1 - value(x) * value(x)
      case .sigmoid:
        return value(x) * (1 - value(x))
      }
    }
  }

  /// Gradients of `linear`.
  public struct LinearGradients {
    public var input: [Double]
    public var weight: [Double]
    public var bias: [Double]
  }

  /// y = f(x Wᵀ + b): `input` [rows, inputs], `weight` [outputs, inputs], `bias` [outputs] or empty.
  public static func linear(
    _ input: [Double], weight: [Double], bias: [Double] = [], rows: Int, inputs: Int,
    activation: Activation = .identity
  ) -> [Double] {
    preactivation(input, weight: weight, bias: bias, rows: rows, inputs: inputs)
      .map(activation.value)
  }

  /// The backward pass of `linear`, given the gradient of y [rows, outputs].
  public static func linearBackward(
    _ gradient: [Double], input: [Double], weight: [Double], bias: [Double] = [], rows: Int,
    inputs: Int, activation: Activation = .identity
  ) -> LinearGradients {
    let outputs = weight.count / inputs
    let before = preactivation(input, weight: weight, bias: bias, rows: rows, inputs: inputs)
    var result = LinearGradients(
      input: zeros(input.count), weight: zeros(weight.count), bias: zeros(bias.count))
    for row in 0..<rows {
      for output in 0..<outputs {
        let at = row * outputs + output
        let delta = gradient[at] * activation.slope(before[at])
        for i in 0..<inputs {
          result.input[row * inputs + i] += delta * weight[output * inputs + i]
          result.weight[output * inputs + i] += delta * input[row * inputs + i]
        }
        if !bias.isEmpty { result.bias[output] += delta }
      }
    }
    return result
  }

  static func preactivation(
    _ input: [Double], weight: [Double], bias: [Double], rows: Int, inputs: Int
  ) -> [Double] {
    let outputs = weight.count / inputs
    var result = zeros(rows * outputs)
    for row in 0..<rows {
      for output in 0..<outputs {
        var total = bias.isEmpty ? 0 : bias[output]
        for i in 0..<inputs { total += input[row * inputs + i] * weight[output * inputs + i] }
        result[row * outputs + output] = total
      }
    }
    return result
  }

  static func zeros(_ count: Int) -> [Double] { Array(repeating: 0, count: count) }
}
