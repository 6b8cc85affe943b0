import Determinism
import Distributed
import REFERS
import Tensors
import XCTest

/// The whole model against PyTorch, through the committed fixtures: losses to 1e-5, and each
/// parameter's gradient to 1e-4 of the larger of its own norm and 1e-3 of the global norm.
final class ModelAgainstPyTorchTests: XCTestCase {
  func testLossesAndGradients() throws {
    let communicator = try Communicator.world()
    for name in ModelFixture.names {
      let fixture = try ModelFixture(name)
      let model = try fixture.model()
      XCTAssertEqual(
        Set(model.parameters.slices.map(\.name)), Set(fixture.parameterNames), name)
      let engine = try ReportEngine(
        model: model, compute: try Compute(threads: 2), communicator: communicator,
        tree: XCTUnwrap(SumTree(leaves: 8)))
      let studies = try fixture.studies()
      let step = Step(number: 1, studies: Array(studies.indices))
      let losses = try engine.train(studies, in: step).losses

      for (kind, value) in [
        ("contrast", losses.contrast ?? .nan), ("language", losses.language ?? .nan),
        ("total", losses.total),
      ] {
        let expected = Double(try fixture.expected(kind)[0])
        XCTAssertEqual(value, expected, accuracy: 1e-5 * abs(expected), "\(name): \(kind)")
      }
      try compareGradients(of: model, engine: engine, with: fixture, name)
    }
  }

  private func compareGradients(
    of model: REFERSModel, engine: ReportEngine, with fixture: ModelFixture, _ name: String
  ) throws {
    let expected: [(slice: NamedSlice, values: [Float])] = try model.parameters.slices.map {
      ($0, try fixture.file.values(of: "gradient.\($0.name)"))
    }
    let global = norm(expected.flatMap(\.values))
    XCTAssertGreaterThan(global, 0)
    for (slice, values) in expected {
      let difference = values.indices.map { engine.gradients[slice.offset + $0] - values[$0] }
      let allowed = 1e-4 * max(norm(values), 1e-3 * global)
      XCTAssertLessThanOrEqual(norm(difference), allowed, "\(name): gradient of \(slice.name)")
    }
  }

  private func norm(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
