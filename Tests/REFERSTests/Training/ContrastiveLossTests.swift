import Determinism
import REFERS
import References
import Tensors
import TestSupport
import XCTest

final class ContrastiveLossTests: XCTestCase {
  private let width = 20

  private func features(_ count: Int, _ stream: UInt64) -> [Float] {
    var random = CounterRandom(seed: 31, stream)
    return (0..<count * width).map { _ in random.uniform(-1, 1) }
  }

  private func loss(
    _ form: Configuration.Loss.Contrast, weight: Double = 0.75
  ) -> ContrastiveLoss {
    var options = Configuration().loss
    options.contrast = form
    options.symmetricWeight = weight
    return ContrastiveLoss(options)
  }

  func testAgainstTheReference() throws {
    let blas = try Compute().blas
    for count in [1, 2, 7, 32] {
      let (image, text) = (features(count, 1), features(count, 2))
      for (form, reference) in [
        (Configuration.Loss.Contrast.imageToText, Reference.ContrastForm.imageToText),
        (.symmetric, .symmetric(weight: 0.6)), (.code, .code(weight: 0.6)),
      ] {
        let own = loss(form, weight: 0.6)(image: image, text: text, width: width, blas: blas)
        let wanted = Reference.contrast(
          image: Reference.double(image), text: Reference.double(text), count: count,
          temperature: 0.1, form: reference)
        XCTAssertEqual(own.loss, wanted.loss, accuracy: 1e-5 * max(1, wanted.loss))
        guard count > 1 else {
          XCTAssertLessThan(
            largestDifference(own.image + own.text, wanted.image + wanted.text), 1e-5)
          continue
        }
        XCTAssertLessThan(relativeError(own.image, wanted.image), 1e-5)
        XCTAssertLessThan(relativeError(own.text, wanted.text), 1e-5)
      }
    }
  }

  /// The code's text-to-image term is a constant.
  func testTheGradientOfTheCodeIsThreeQuartersOfImageToText() throws {
    let blas = try Compute().blas
    let (image, text) = (features(9, 3), features(9, 4))
    let code = loss(.code)(image: image, text: text, width: width, blas: blas)
    let own = loss(.imageToText)(image: image, text: text, width: width, blas: blas)
    let symmetric = loss(.symmetric)(image: image, text: text, width: width, blas: blas)
    XCTAssertLessThan(relativeError(code.image, own.image.map { 0.75 * $0 }), 1e-6)
    XCTAssertLessThan(relativeError(code.text, own.text.map { 0.75 * $0 }), 1e-6)
    XCTAssertEqual(code.loss, symmetric.loss)
    XCTAssertGreaterThan(relativeError(code.image, symmetric.image), 1e-2)
    let back = loss(.imageToText)(image: text, text: image, width: width, blas: blas)
    XCTAssertEqual(symmetric.loss, 0.75 * own.loss + 0.25 * back.loss, accuracy: 1e-6)
  }

  /// Chance is ln B, and features that match need no temperature to be told apart.
  func testExtremes() throws {
    let blas = try Compute().blas
    let same = Array(repeating: Float(0.5), count: 8 * width)
    let chance = loss(.imageToText)(image: same, text: same, width: width, blas: blas)
    XCTAssertEqual(chance.loss, log(8), accuracy: 1e-6)
    var one = Array(repeating: Float(0), count: 8 * width)
    for k in 0..<8 { one[k * width + k] = 1e-3 }
    let matched = loss(.imageToText)(image: one, text: one, width: width, blas: blas)
    XCTAssertEqual(matched.loss, log(1 + 7 * exp(-10)), accuracy: 1e-6)
    XCTAssertTrue((matched.image + matched.text).allSatisfy(\.isFinite))
    let none = Array(repeating: Float(0), count: 3 * width)
    let empty = loss(.symmetric)(image: none, text: none, width: width, blas: blas)
    XCTAssertEqual(empty.loss, log(3), accuracy: 1e-6)
    XCTAssertTrue((empty.image + empty.text).allSatisfy(\.isFinite))
  }
}
