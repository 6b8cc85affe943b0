import References
import XCTest

/// The references, put together to the whole model, against PyTorch in every mode: finite
/// differences cannot see a forward and a backward pass that are wrong together.
final class ReferenceModelTests: XCTestCase {
  func testLossesAndFeaturesAgainstTorch() throws {
    for name in [
      "default", "paper", "code2022", "interleave", "unfused", "shared", "bidirectional", "global",
    ] {
      try check(name, try ModelFixture(name))
    }
  }

  private func check(_ name: String, _ fixture: ModelFixture) throws {
    let model = ReferenceModel(fixture: fixture)
    let (studies, options) = (try fixture.studies, fixture.options.loss)
    XCTAssertEqual(studies.count, 5)
    var (memory, keyBias, image): ([[Double]], [Double], [Double]) = ([], [], [])
    for study in studies {
      let views = model.views(slots: study.slots)
      let seen = views.forward(try study.images.map(model.tokens), model.viewParameters)
      memory.append(seen.memory)
      keyBias += views.keyBias
      image += seen.feature
    }
    let text = try model.text(studies.map(\.encoderTokens))
    agree(image, try fixture.tensor("expected.image_features"), "\(name), image features")
    agree(text, try fixture.tensor("expected.text_features"), "\(name), text features")

    let forms: [String: Reference.ContrastForm] = [
      "symmetric": .symmetric(weight: options.symmetricWeight),
      "code": .code(weight: options.symmetricWeight),
    ]
    let contrast = Reference.contrast(
      image: image, text: text, count: studies.count, temperature: options.temperature,
      form: forms[options.contrast] ?? .imageToText
    ).loss
    let reports = studies.map(\.decoderTokens)
    var losses = try model.report(
      reports, memory: memory, keyBias: keyBias, layers: "textual.transformer")
    let targets = losses.count
    if fixture.options.model.decoder.direction == "bidirectional" {
      losses += try model.report(
        reports.map { $0.reversed() }, memory: memory, keyBias: keyBias,
        layers: "textual.backward_transformer")
    }
    let count = options.language == "report_sum" ? studies.count : targets
    let language = losses.reduce(0, +) / Double(count)
    let total = options.contrastWeight * contrast + options.languageWeight * language
    agree([contrast], try fixture.tensor("expected.contrast"), "\(name), contrast")
    agree([language], try fixture.tensor("expected.language"), "\(name), language")
    agree([total], try fixture.tensor("expected.total"), "\(name), total")
  }

  /// To the rounding of the fixture, which is in single precision.
  private func agree(_ own: [Double], _ torch: [Double], _ what: String) {
    XCTAssertLessThan(Reference.relativeError(own, torch), 1e-7, what)
  }
}
