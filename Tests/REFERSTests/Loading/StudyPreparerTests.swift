import Diagnostics
import Foundation
import REFERS
import XCTest

final class StudyPreparerTests: XCTestCase {
  private let image = ImageOptions(resize: 24, crop: 20)

  private func preparer(
    _ source: some StudySource, augmentation: AugmentationOptions = AugmentationOptions(),
    views: ViewOptions = ViewOptions(), seed: UInt64 = 7, decoder: WordPieceTokenizer? = nil,
    cache: ImageCache? = nil
  ) throws -> StudyPreparer {
    try StudyPreparer(
      source: source, tokenizer: Self.tokenizer(of: source), decoderTokenizer: decoder,
      text: TextOptions(maxTokens: 20), image: image, augmentation: augmentation, views: views,
      seed: seed, cache: cache)
  }

  private static func tokenizer(of source: some StudySource) throws -> WordPieceTokenizer {
    let reports = try source.studies.indices.map { try source.report(of: $0) }
    let swapped = reports.map(LateralitySwap.wholeWords)
    return WordPieceTokenizer(
      vocabulary: try WordPieceTrainer(size: 300, minimumFrequency: 1)
        .train(on: reports + swapped))
  }

  func testShapes() throws {
    let source = ListedStudies(radiographs: [1, 2, 3, 4])
    for form in AugmentationForm.allCases {
      let preparer = try preparer(source, augmentation: AugmentationOptions(form: form))
      for index in source.studies.indices {
        for training in [true, false] {
          let study = try preparer.prepare(index, epoch: 0, training: training)
          XCTAssertEqual(study.index, index)
          XCTAssertEqual(study.images.count, min(index + 1, 3))
          XCTAssertEqual(study.slots.count, 3)
          for image in study.images {
            XCTAssertEqual([image.width, image.height], [20, 20])
            XCTAssertTrue(image.pixels.allSatisfy { (0...1).contains($0) })
          }
          XCTAssertEqual(study.encoderTokens, study.decoderTokens)
          XCTAssertEqual(study.encoderTokens.first, 2)
          XCTAssertEqual(study.encoderTokens.last, 3)
          XCTAssertLessThanOrEqual(study.encoderTokens.count, 20)
        }
      }
    }
  }

  func testFunctionOfSeedEpochAndStudy() throws {
    let source = ListedStudies(radiographs: [3, 3])
    let preparer = try preparer(source)
    let study = try preparer.prepare(0, epoch: 5, training: true)
    XCTAssertEqual(study, try preparer.prepare(0, epoch: 5, training: true))
    let others = [
      try preparer.prepare(0, epoch: 6, training: true),
      try self.preparer(source, seed: 8).prepare(0, epoch: 5, training: true),
    ]
    for other in others {
      XCTAssertNotEqual(other.key, study.key)
      XCTAssertNotEqual(other.images, study.images)
    }
    XCTAssertNotEqual(try preparer.prepare(1, epoch: 5, training: true).key, study.key)
    XCTAssertEqual(
      try preparer.prepare(0, epoch: 5, training: false).images,
      try self.preparer(source, seed: 8).prepare(0, epoch: 6, training: false).images)
  }

  /// REFERS sec. 14.6: one flip for all views and the text.
  func testFlipMirrorsAllViewsAndSwapsTheReport() throws {
    let source = ListedStudies(
      radiographs: [3, 2, 1], report: "Left upright right-sided opacity.")
    func prepared(_ flip: Float, _ index: Int, _ epoch: Int) throws -> PreparedStudy {
      try preparer(
        source,
        augmentation: AugmentationOptions(flip: flip, rotation: 0, jitterProbability: 0)
      ).prepare(index, epoch: epoch, training: true)
    }
    var flips = 0
    for epoch in 0..<40 {
      for index in source.studies.indices {
        let plain = try prepared(0, index, epoch)
        let flipped = try prepared(1, index, epoch)
        XCTAssertEqual(flipped.images, plain.images.map { $0.mirrored() })
        let words = try Self.tokenizer(of: source)
        XCTAssertTrue(words.decode(plain.encoderTokens).contains("left upright right - sided"))
        XCTAssertTrue(words.decode(flipped.encoderTokens).contains("right upright left - sided"))
        let drawn = try prepared(0.5, index, epoch)
        XCTAssertTrue(drawn == plain || drawn == flipped, "all or nothing")
        if drawn == flipped { flips += 1 }
        let fixed = try preparer(source, augmentation: AugmentationOptions(flip: 1))
          .prepare(index, epoch: epoch, training: false)
        XCTAssertEqual(fixed.encoderTokens, plain.encoderTokens, "validation never flips")
      }
    }
    XCTAssertEqual(Double(flips) / 120, 0.5, accuracy: 0.17)
  }

  func testFlipOfThePublishedCodeTreatsViewsAlone() throws {
    let source = ListedStudies(radiographs: [3], report: "Left upright left.")
    func prepared(_ flip: Float, _ epoch: Int) throws -> PreparedStudy {
      try preparer(
        source,
        augmentation: AugmentationOptions(
          flipForm: .code, flip: flip, rotation: 0, jitterProbability: 0)
      ).prepare(0, epoch: epoch, training: true)
    }
    var agreeing = 0
    for epoch in 0..<200 {
      let (plain, drawn) = (try prepared(0, epoch), try prepared(0.5, epoch))
      let flips = zip(plain.images, drawn.images).map { $0 != $1 }
      for (index, flipped) in flips.enumerated() {
        XCTAssertEqual(
          drawn.images[index], flipped ? plain.images[index].mirrored() : plain.images[index])
      }
      XCTAssertEqual(drawn.encoderTokens != plain.encoderTokens, flips[drawn.slots[0]])
      if Set(flips).count == 1 { agreeing += 1 }
    }
    XCTAssertEqual(Double(agreeing) / 200, 0.25, accuracy: 0.12)
  }

  func testRepeatedViews() throws {
    let source = ListedStudies(radiographs: [1])
    let reuse = try preparer(source).prepare(0, epoch: 0, training: true)
    XCTAssertEqual(reuse.images.count, 1)
    XCTAssertEqual(reuse.slots, [0, 0, 0])
    let views = ViewOptions(sampling: .withReplacement, repeat: .independent)
    let copies = try preparer(source, views: views).prepare(0, epoch: 0, training: true)
    XCTAssertEqual(copies.slots, [0, 1, 2])
    XCTAssertEqual(Set(copies.images).count, 3, "each slot its own augmentation")
    XCTAssertEqual(copies.images[0], reuse.images[0])
    let one = try preparer(source, views: ViewOptions(slots: 1))
      .prepare(0, epoch: 0, training: true)
    XCTAssertEqual(one.slots, [0])
  }

  func testWithoutAugmentationEveryEpochIsTheSame() throws {
    let preparer = try preparer(
      ListedStudies(radiographs: [1]), augmentation: AugmentationOptions(enabled: false))
    let study = try preparer.prepare(0, epoch: 0, training: true)
    XCTAssertEqual(study.images, try preparer.prepare(0, epoch: 1, training: true).images)
    XCTAssertEqual(study.images, try preparer.prepare(0, epoch: 1, training: false).images)
  }

  func testDecoderVocabularyOfItsOwn() throws {
    let letters = try WordPieceVocabulary(
      tokens: WordPieceVocabulary.specialTokens + ["s", "##t"])
    let preparer = try preparer(
      ListedStudies(radiographs: [1]), decoder: WordPieceTokenizer(vocabulary: letters))
    let study = try preparer.prepare(0, epoch: 0, training: false)
    XCTAssertNotEqual(study.encoderTokens, study.decoderTokens)
    XCTAssertTrue(study.decoderTokens.allSatisfy { $0 < 7 })
  }

  /// The images are those of a study with its report; nobody asks for the report.
  func testWithoutReports() throws {
    let source = ListedStudies(radiographs: [1, 2])
    let bare = ListedStudies(studies: source.studies, reports: [])
    for form in AugmentationForm.allCases {
      let options = AugmentationOptions(form: form, flipForm: form == .code ? .code : .study)
      let images = try StudyPreparer(
        source: bare, image: image, augmentation: options, views: ViewOptions(), seed: 7)
      let all = try preparer(source, augmentation: options)
      for (epoch, training) in [(0, true), (1, true), (0, false)] {
        for index in source.studies.indices {
          let study = try images.prepare(index, epoch: epoch, training: training)
          let whole = try all.prepare(index, epoch: epoch, training: training)
          XCTAssertEqual(study.images, whole.images)
          XCTAssertEqual(study.slots, whole.slots)
          XCTAssertEqual(study.key, whole.key)
          XCTAssertTrue(study.encoderTokens.isEmpty && study.decoderTokens.isEmpty)
        }
      }
    }
    let one = try StudyPreparer(source: bare, image: image, augmentation: .init(), seed: 7)
    XCTAssertEqual(try one.prepare(1, epoch: 0, training: false).slots, [0])
  }

  func testFailuresNameStudyAndImageButNoPath() throws {
    let folder = try DataFolder()
    let broken = try folder.write("no image", to: "secret/name.jpg")
    let source = ListedStudies(
      studies: [
        Study(
          identifier: "hidden", patient: "person",
          radiographs: [
            Radiograph(file: DataFixtures.image("gray.jpg")), Radiograph(file: broken),
            Radiograph(file: folder.path + "/secret/none.jpg"),
          ], split: .train)
      ], reports: ["Private words of a report."])
    let preparer = try preparer(source)
    let failure = caught { _ = try preparer.prepare(0, epoch: 0, training: false) }
    let text = try XCTUnwrap(failure).detailedDescription
    XCTAssertTrue(text.contains("study 0: image "), text)
    for word in ["secret", "name.jpg", "hidden", "person", "Private"] {
      XCTAssertFalse(text.contains(word), text)
    }
    XCTAssertEqual(caught { _ = try preparer.prepare(9, epoch: 0, training: true) }?.code, .input)
  }

  func testImpossibleOptions() throws {
    let source = ListedStudies(radiographs: [1])
    for options in [
      AugmentationOptions(flip: 1.5), AugmentationOptions(rotation: -1),
      AugmentationOptions(jitterProbability: .nan), AugmentationOptions(contrast: 2),
    ] {
      let failure = caught { _ = try self.preparer(source, augmentation: options) }
      XCTAssertEqual(failure?.code, .configuration)
    }
    let failure = caught { _ = try self.preparer(source, views: ViewOptions(slots: 0)) }
    XCTAssertEqual(failure?.code, .configuration)
    XCTAssertEqual(
      caught { try AugmentationOptions().validate(image: ImageOptions(resize: 8, crop: 9)) }?.code,
      .configuration)
  }
}
