import Determinism
import Distributed
import Foundation
import REFERS
import Tensors
import TestSupport
import XCTest

/// The classifier's loss to 1e-5, and every gradient to 1e-4 of the larger of its norm and 1e-3 of
/// the global one (scripts/fixtures/make_classifier_fixture.py).
final class ClassifierAgainstPyTorchTests: XCTestCase {
  func testSeveralLabelsSomeOfThemUnknown() throws { try compare(.multiLabel) }

  func testOneOfSeveralClasses() throws { try compare(.multiClass) }

  private func compare(_ task: LabelTask) throws {
    let file = try SafetensorsFile(
      path: ModelFixture.folder.appendingPathComponent("classifier-\(task.rawValue).safetensors")
        .path)
    let configuration = try ModelFixture("default").configuration
    let model = ClassifierModel(configuration, classes: 3)
    try model.parameters.allocate(seed: 1)
    for slice in model.parameters.slices {
      let values: [Float] = try file.values(of: "parameter.\(slice.name)")
      XCTAssertEqual(values.count, slice.count)
      for (index, value) in values.enumerated() {
        model.parameters.values[slice.offset + index] = value
      }
    }
    let labels: [Float] = try file.values(of: "labels")
    let loss = LabelLoss(task: task, classes: 3)
    let columns = loss.columns
    let studies = try studies(file, side: configuration.image.crop)
    for cut in [StepCut(), StepCut(shards: 2, recomputedSegments: 1)] {
      let engine = try LabelEngine(
        model: model, loss: loss, labels: { labels[$0 * columns..<($0 + 1) * columns] },
        compute: try Compute(threads: 2), communicator: try .world(),
        tree: XCTUnwrap(SumTree(leaves: 8)), cut: cut)
      let outcome = try engine.train(
        studies, in: Step(number: 1, studies: Array(studies.indices)))
      let expected = Double(try file.values(of: "expected.loss")[0] as Float)
      XCTAssertEqual(outcome.losses.total, expected, accuracy: 1e-5 * expected)
      try compareGradients(of: model, engine, with: file)
    }
  }

  private func compareGradients(
    of model: ClassifierModel, _ engine: LabelEngine, with file: SafetensorsFile
  ) throws {
    let expected: [(slice: NamedSlice, values: [Float])] = try model.parameters.slices.map {
      ($0, try file.values(of: "gradient.\($0.name)"))
    }
    let global = norm(expected.flatMap(\.values))
    XCTAssertGreaterThan(global, 0)
    for (slice, values) in expected {
      let difference = values.indices.map { engine.gradients[slice.offset + $0] - values[$0] }
      XCTAssertLessThanOrEqual(
        norm(difference), 1e-4 * max(norm(values), 1e-3 * global), "gradient of \(slice.name)")
    }
  }

  private func studies(_ file: SafetensorsFile, side: Int) throws -> [PreparedStudy] {
    let pixels: [Float] = try file.values(of: "images")
    return stride(from: 0, to: pixels.count, by: side * side).enumerated().map { index, start in
      PreparedStudy(
        index: index, key: UInt64(index),
        images: [
          GrayImage(width: side, height: side, pixels: Array(pixels[start..<start + side * side]))
        ], slots: [0], encoderTokens: [], decoderTokens: [])
    }
  }

  private func norm(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
