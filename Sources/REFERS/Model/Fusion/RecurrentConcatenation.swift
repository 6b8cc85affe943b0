import Foundation
import Tensors

/// How the aggregation token g joins the patch tokens lᵢ of its radiograph before a report is
/// written from them (REFERS sec. 1.3).
///
/// | form | rows | row i |
/// |---|---|---|
/// | `add` | N | lᵢ + g |
/// | `concat_linear` | N | W [g; lᵢ] + b, from W = [I | I] |
/// | `interleave` | 1 + N | g, l₁ … l_N, where attention counts g N times |
/// | `none` | 1 + N | g, l₁ … l_N |
struct RecurrentConcatenation {
  let form: Configuration.Model.RecurrentConcatenation
  let projection: Linear?

  init(_ configuration: Configuration, in store: ParameterStore) {
    form = configuration.model.recurrentConcatenation
    let width = configuration.model.radiograph.width
    projection =
      form == .concatLinear
      ? Linear(
        "recurrent", inputs: 2 * width, outputs: width, group: ParameterGroup.fusion.rawValue,
        weight: .identityPair, in: store) : nil
  }

  /// The rows of each radiograph from its tokens [images, 1 + N, width].
  func callAsFunction(_ tokens: Variable, on tape: Tape) throws -> Variable {
    switch form {
    case .add: return try tape.addFirstRow(tokens)
    case .concatLinear:
      guard let projection else { return try tape.addFirstRow(tokens) }
      return try projection(tape.pairWithFirstRow(tokens), on: tape)
    case .interleave, .none: return tokens
    }
  }

  /// What attention adds to the logit of each row of a radiograph: ln N for a g that stands for N
  /// equal ones; nil where nothing is added.
  func attentionBias(rows: Int) -> [Float]? {
    guard form == .interleave else { return nil }
    return [Foundation.log(Float(rows - 1))] + Array(repeating: 0, count: rows - 1)
  }
}
