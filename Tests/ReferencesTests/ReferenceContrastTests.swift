import Foundation
import References
import XCTest

final class ReferenceContrastTests: XCTestCase {
  private func contrast(
    _ inputs: [[Double]], _ form: Reference.ContrastForm, temperature: Double = 0.1
  ) -> Reference.Contrast {
    Reference.contrast(
      image: inputs[0], text: inputs[1], count: 4, temperature: temperature, form: form)
  }

  func testGradient() {
    var values = Values(1)
    let forms: [Reference.ContrastForm] = [.imageToText, .symmetric(weight: 0.75)]
    for form in forms {
      for temperature in [0.1, 0.5] {
        checkGradient("\(form) \(temperature)", [values(4 * 5), values(4 * 5)]) {
          [self.contrast($0, form, temperature: temperature).loss]
        } backward: { inputs, direction in
          let d = self.contrast(inputs, form, temperature: temperature)
          return [d.image, d.text].map { $0.map { $0 * direction[0] } }
        }
      }
    }
  }

  func testGradientBelowTheFloorOfTheNorms() {
    var values = Values(2)
    let inputs = [values(4 * 5, scale: 1e-3), values(4 * 5, scale: 1e-7)]
    let d = contrast(inputs, .imageToText)
    let step = 1e-6
    let differences = inputs[0].indices.map { i in
      var (low, high) = (inputs, inputs)
      low[0][i] -= step
      high[0][i] += step
      return (contrast(high, .imageToText).loss - contrast(low, .imageToText).loss) / (2 * step)
    }
    XCTAssertLessThan(Reference.relativeError(d.image, differences), 1e-4)
  }

  func testCodeHasTheSymmetricValueAndThreeQuartersOfTheGradient() {
    var values = Values(3)
    let inputs = [values(4 * 5), values(4 * 5)]
    let code = contrast(inputs, .code(weight: 0.75))
    let paper = contrast(inputs, .imageToText)
    XCTAssertEqual(code.loss, contrast(inputs, .symmetric(weight: 0.75)).loss)
    XCTAssertNotEqual(code.loss, paper.loss)
    XCTAssertLessThan(Reference.relativeError(code.image, paper.image.map { 0.75 * $0 }), 1e-14)
    XCTAssertLessThan(Reference.relativeError(code.text, paper.text.map { 0.75 * $0 }), 1e-14)
  }

  func testEqualSimilaritiesGiveTheLogOfTheBatch() {
    let same = Array(repeating: 1.0, count: 20)
    let loss = contrast([same, same], .symmetric(weight: 0.75)).loss
    XCTAssertEqual(loss, log(4.0), accuracy: 1e-14)
  }
}
