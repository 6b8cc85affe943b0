import REFERS
import References
import TestSupport
import XCTest

/// Forms of the model that compute the same (REFERS sec. 1.2, 1.3, 1.6), to 1e-5.
final class EquivalenceTests: XCTestCase {
  private let prefix = "visual.vit.transformer.embeddings"

  /// W₁ (E x + e) + W₂ p + b is E' x + e' + p' with E' = W₁ E, e' = W₁ e + b, p' = W₂ p; the class
  /// token passes through the same map.
  func testPositionsThatAreConcatenatedFoldIntoAddedOnes() throws {
    var configuration = SmallModel.configuration
    let folded = try SmallModel(configuration)
    configuration.model.radiograph.position = .concatLinear
    let joined = try SmallModel(configuration)
    joined.scatter("\(prefix).position_projection.weight", bound: 0.3)
    joined.scatter("\(prefix).position_projection.bias", bound: 0.3)
    joined.scatter("\(prefix).cls_token", bound: 0.5)

    let width = configuration.model.radiograph.width
    let projection = joined["\(prefix).position_projection.weight"]
    let (first, second) = (
      halves(of: projection, width: width, from: 0),
      halves(of: projection, width: width, from: width)
    )
    let bias = joined["\(prefix).position_projection.bias"]
    func mapped(_ rows: [Double], by weight: [Double], _ bias: [Double]) -> [Double] {
      Reference.linear(
        rows, weight: weight, bias: bias, rows: rows.count / width, inputs: width)
    }
    let none = bias.map { _ in 0.0 }
    let embedding = joined["\(prefix).patch_embeddings.weight"]
    let pixels = embedding.count / width
    folded["\(prefix).patch_embeddings.weight"] = (0..<width * pixels).map { at in
      (0..<width).reduce(0) {
        $0 + first[at / pixels * width + $1] * embedding[$1 * pixels + at % pixels]
      }
    }
    folded["\(prefix).patch_embeddings.bias"] = mapped(
      joined["\(prefix).patch_embeddings.bias"], by: first, bias)
    folded["\(prefix).cls_token"] = mapped(joined["\(prefix).cls_token"], by: first, bias)
    let unmoved = try folded.evaluate(SmallModel.studies)
    folded["\(prefix).position_embeddings"] = mapped(
      joined["\(prefix).position_embeddings"], by: second, none)
    try assertEqual(joined, folded)
    let moved = try folded.evaluate(SmallModel.studies)
    XCTAssertGreaterThan(relativeError(unmoved.features.image, moved.features.image), 1e-3)
  }

  /// Positions joined by [I | I] start as added ones do.
  func testConcatenatedPositionsStartAsAddedOnes() throws {
    var configuration = SmallModel.configuration
    let added = try SmallModel(configuration)
    configuration.model.radiograph.position = .concatLinear
    try assertEqual(try SmallModel(configuration), added, gradients: true)
  }

  func testRecurrentConcatenationStartsAsAddition() throws {
    var configuration = SmallModel.configuration
    let added = try SmallModel(configuration)
    configuration.model.recurrentConcatenation = .concatLinear
    let joined = try SmallModel(configuration)
    let width = configuration.model.radiograph.width
    let weight = joined["recurrent.weight"]
    for row in 0..<width {
      for column in 0..<2 * width {
        XCTAssertEqual(weight[row * 2 * width + column], column % width == row ? 1 : 0)
      }
    }
    try assertEqual(joined, added, gradients: true)
    joined.scatter("recurrent.weight", bound: 0.5)
    let (one, other) = (
      try joined.evaluate(SmallModel.studies), try added.evaluate(SmallModel.studies)
    )
    XCTAssertGreaterThan(abs((one.losses.language ?? 0) - (other.losses.language ?? 0)), 1e-4)
  }

  /// One grey channel with W' = Σ W_c / s_c and b' = b - Σ (Σ W_c) μ_c / s_c.
  func testThreeChannelsFoldIntoOne() throws {
    var configuration = SmallModel.configuration
    let coloured = try SmallModel(configuration)
    configuration.model.radiograph.channels = 1
    let grey = try SmallModel(configuration)
    let weight = coloured["\(prefix).patch_embeddings.weight"]
    var bias = coloured["\(prefix).patch_embeddings.bias"]
    let pixels = configuration.model.radiograph.patch * configuration.model.radiograph.patch
    var sum = Array(repeating: 0.0, count: bias.count * pixels)
    for (at, value) in weight.enumerated() {
      let (row, channel, pixel) = (at / pixels / 3, at / pixels % 3, at % pixels)
      let share = value / Reference.PatchEmbedding.deviation[channel]
      sum[row * pixels + pixel] += share
      bias[row] -= share * Reference.PatchEmbedding.mean[channel]
    }
    grey["\(prefix).patch_embeddings.weight"] = sum
    grey["\(prefix).patch_embeddings.bias"] = bias
    try assertEqual(grey, coloured)
  }

  /// Features and losses to 1e-5; where asked for, gradients of what both models have, to 1e-4 of
  /// the larger of their own norm and 1e-3 of the global one.
  private func assertEqual(
    _ left: SmallModel, _ right: SmallModel, gradients: Bool = false, line: UInt = #line
  ) throws {
    let (one, other) = (
      try left.evaluate(SmallModel.studies), try right.evaluate(SmallModel.studies)
    )
    XCTAssertLessThan(relativeError(one.features.image, other.features.image), 1e-5, line: line)
    XCTAssertEqual(one.features.text, other.features.text, line: line)
    XCTAssertEqual(one.losses.named.count, 3)
    for (own, wanted) in zip(one.losses.named, other.losses.named) {
      XCTAssertLessThan(relativeError(own.value, wanted.value), 1e-5, own.name, line: line)
    }
    guard gradients else { return }
    _ = try left.train(SmallModel.studies)
    _ = try right.train(SmallModel.studies)
    assertEqualGradients(left, right, line: line)
  }

  private func halves(of weight: [Double], width: Int, from start: Int) -> [Double] {
    (0..<width).flatMap { weight[$0 * 2 * width + start..<$0 * 2 * width + start + width] }
  }
}

/// Holds the gradients of the tensors that both models have to each other, to 1e-4 of the larger of
/// a tensor's norm and 1e-3 of the global one.
func assertEqualGradients(
  _ left: SmallModel, _ right: SmallModel, file: StaticString = #filePath, line: UInt = #line
) {
  func norm(_ values: [Double]) -> Double { Reference.dot(values, values).squareRoot() }
  let global = norm(right.names.flatMap { right.gradient($0) })
  XCTAssertGreaterThan(global, 0, file: file, line: line)
  for name in right.names where left.names.contains(name) {
    let wanted = right.gradient(name)
    let difference = zip(left.gradient(name), wanted).map { $0 - $1 }
    XCTAssertLessThanOrEqual(
      norm(difference), 1e-4 * max(norm(wanted), 1e-3 * global), name, file: file, line: line)
  }
}
