import Determinism
import REFERS
import XCTest

final class SyntheticStudiesTests: XCTestCase {
  private let studies = SyntheticStudies(seed: 7)

  /// FNV-1a, the same on every machine.
  private func hash(_ bytes: some Sequence<UInt8>) -> String {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return String(value, radix: 16)
  }

  /// Renders and reports as they were when the constants were written; a change of the generator
  /// changes them, and must raise ``SyntheticStudySet/generatorVersion``.
  func testStudiesAreWhatTheyWere() {
    let reports = hash(
      (UInt64(0)..<200).flatMap { Array(studies.study(at: $0).report.document.utf8) })
    let pixels = hash(
      (UInt64(0)..<12).flatMap { index -> [UInt8] in
        let study = studies.study(at: index)
        return study.views.indices.flatMap { studies.render(study, radiograph: $0).pixels }
      })
    XCTAssertEqual(SyntheticStudySet.generatorVersion, 1)
    XCTAssertEqual(reports, "35a1376a26844dd3")
    XCTAssertEqual(pixels, "835a111d8bc3d555")
  }

  func testStudyDependsOnSeedAndIndexAlone() {
    let other = SyntheticStudies(seed: 8)
    let again = SyntheticStudies(seed: 7)
    for index in UInt64(0)..<8 {
      let study = studies.study(at: index)
      XCTAssertEqual(study.report.document, again.study(at: index).report.document)
      XCTAssertEqual(
        studies.render(study, radiograph: 0).pixels, again.render(study, radiograph: 0).pixels)
      XCTAssertNotEqual(
        studies.render(study, radiograph: 0).pixels,
        other.render(other.study(at: index), radiograph: 0).pixels)
    }
  }

  func testRadiographCounts() {
    var counts = [Int](repeating: 0, count: 5)
    let total = 20_000
    for index in 0..<total { counts[studies.study(at: UInt64(index)).views.count] += 1 }
    for (count, share) in [(1, 0.46), (2, 0.44), (3, 0.08), (4, 0.02)] {
      // Four standard deviations of the binomial.
      let spread = 4 * (share * (1 - share) / Double(total)).squareRoot()
      XCTAssertEqual(Double(counts[count]) / Double(total), share, accuracy: spread)
    }
    XCTAssertEqual(counts[0], 0)
  }

  func testEveryStudyHasAFrontalView() {
    for index in UInt64(0)..<500 {
      XCTAssertTrue(studies.study(at: index).views.contains { $0 != .lateral })
    }
  }

  func testReportsTellEveryFindingAndNegateOthers() {
    let texts = (0..<2_000).map { studies.study(at: UInt64($0)).report.text.lowercased() }
    for phrase in [
      "effusion", "pneumothorax", "cardiomegaly", "consolidation", "atelectasis", "nodule", "mass",
      "cavit", "granuloma", "edema", "hyperinflat", "emphysema", "low lung volumes", "fracture",
      "pacemaker", "icd", "jugular", "subclavian", "picc", "port", "endotracheal", "chest tube",
      "sternotomy", "valve", "arthroplasty", "hiatal hernia", "scoliosis", "tortuous", "fibrosis",
      "hilum", "scarring", "hemidiaphragm", "free air under", "rotat", "distended",
      "no pneumothorax",
      "no pleural effusion", "no focal consolidation", "cannot be excluded", "possible", "likely",
      "small", "moderate", "large", "left", "right", "bilateral",
    ] {
      XCTAssertTrue(texts.contains { $0.contains(phrase) }, "no report tells: \(phrase)")
    }
    let words = texts.map { $0.split(separator: " ").count }.sorted()
    XCTAssertGreaterThan(words[0], 10)
    XCTAssertLessThan(words[words.count * 9 / 10], 75)
    // Texts differ, so that a study can be found again by its report.
    XCTAssertGreaterThan(Set(texts).count, 1_990)
  }

  func testReportNeverDeniesWhatIsThere() {
    for index in UInt64(0)..<3_000 {
      let study = studies.study(at: index)
      let (c, text) = (study.condition, study.report.text.lowercased())
      XCTAssertFalse(study.report.findings.isEmpty || study.report.impression.isEmpty)
      if c.effusion.right != nil || c.effusion.left != nil {
        XCTAssertFalse(text.contains("no pleural effusion"))
      }
      if c.pneumothorax != nil { XCTAssertFalse(text.contains("no pneumothorax")) }
      XCTAssertEqual(
        c.pneumothorax != nil,
        text.replacing("no pneumothorax", with: "")
          .replacing("or pneumothorax", with: "").contains("pneumothorax"))
      if c.heart > .none { XCTAssertFalse(text.contains("heart size is normal")) }
      if !c.consolidations.isEmpty { XCTAssertFalse(text.contains("no focal consolidation")) }
    }
  }

  func testLabelsFollowTheCondition() {
    let effusion = SyntheticLabels.names.firstIndex(of: "Pleural Effusion") ?? 0
    let none = SyntheticLabels.names.firstIndex(of: "No Finding") ?? 0
    var seen = [Set<Double?>](repeating: [], count: SyntheticLabels.names.count)
    for index in UInt64(0)..<3_000 {
      let condition = studies.study(at: index).condition
      let values = SyntheticLabels(condition).values
      let fluid = condition.effusion.right != nil || condition.effusion.left != nil
      XCTAssertEqual(values[effusion], fluid ? 1 : 0)
      if values[none] == 1 { XCTAssertFalse(fluid || condition.pneumothorax != nil) }
      for (k, value) in values.enumerated() { seen[k].insert(value) }
    }
    for (k, values) in seen.enumerated() {
      XCTAssertTrue(values.contains(1), "never positive: \(SyntheticLabels.names[k])")
    }
    XCTAssertTrue(seen.contains { $0.contains(-1) })
  }

  func testBoxesLieInsideTheImage() {
    var findings: Set<String> = []
    for index in UInt64(0)..<400 {
      let study = studies.study(at: index)
      for k in study.views.indices {
        for place in studies.boxes(of: study, radiograph: k) {
          findings.insert(place.finding)
          let box = place.box
          XCTAssertGreaterThanOrEqual(min(box.x, box.y), 0)
          XCTAssertGreaterThanOrEqual(min(box.width, box.height), 2)
          XCTAssertLessThanOrEqual(
            max(box.x + box.width, box.y + box.height), SyntheticRadiograph.side)
        }
      }
    }
    XCTAssertGreaterThanOrEqual(findings.count, 8)
  }

  /// The patient's left is on the image's right: fluid there brightens it, air darkens it.
  func testSidesOfEffusionAndPneumothorax() {
    var fluid: [Double] = []
    var air: [Double] = []
    for index in UInt64(0)..<1_500 {
      let study = studies.study(at: index)
      let c = study.condition
      guard let frontal = study.views.firstIndex(where: { $0 != .lateral }) else { continue }
      let (right, left) = (c.effusion.right, c.effusion.left)
      if c.pneumothorax == nil, (right == nil) != (left == nil),
        (right ?? left)?.grade == .severe
      {
        let bright = brightness(study, frontal, rows: 110..<180)
        fluid.append(left != nil ? bright.right - bright.left : bright.left - bright.right)
      }
      if let seen = c.pneumothorax, seen.grade == .severe, right == nil, left == nil {
        let bright = brightness(study, frontal, rows: 60..<150)
        let difference = bright.right - bright.left
        air.append(seen.side == .left ? difference : -difference)
      }
    }
    XCTAssertGreaterThan(fluid.count, 20)
    XCTAssertGreaterThan(air.count, 20)
    let brighter = fluid.filter { $0 > 0 }.count
    let darker = air.filter { $0 < 0 }.count
    XCTAssertGreaterThan(Double(brighter) / Double(fluid.count), 0.95)
    XCTAssertGreaterThan(Double(darker) / Double(air.count), 0.8)
  }

  /// Mean gray of the two halves of the lungs, by the image's sides.
  private func brightness(
    _ study: SyntheticStudy, _ radiograph: Int, rows: Range<Int>
  ) -> (left: Double, right: Double) {
    let pixels = studies.render(study, radiograph: radiograph).pixels
    func mean(_ columns: Range<Int>) -> Double {
      var sum = 0
      for row in rows {
        for column in columns { sum += Int(pixels[row * SyntheticRadiograph.side + column]) }
      }
      return Double(sum) / Double(rows.count * columns.count)
    }
    return (mean(30..<90), mean(166..<226))
  }
}
