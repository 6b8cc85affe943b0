import Determinism

/// Synthetic chest X-ray studies without end: study `i` is a function of the seed and `i` alone.
///
/// Each study has a hidden condition (the patient's build and findings of varying side, size and
/// severity), which its radiographs show and its report tells.
public struct SyntheticStudies: Sendable {
  public let seed: UInt64

  private enum Purpose: UInt64 {
    case views = 1
    case condition, report, texture, exposure, marker
  }

  public init(seed: UInt64) { self.seed = seed }

  private func random(_ study: UInt64, _ purpose: Purpose, _ part: Int = 0) -> CounterRandom {
    CounterRandom(
      seed: seed, CounterRandom.word("synthetic study"), study, purpose.rawValue, UInt64(part))
  }

  /// The study of a number: its condition, views and report; nothing is rendered.
  ///
  /// One, two, three or four radiographs in 46, 44, 8 and 2 % of studies.
  public func study(at index: UInt64) -> SyntheticStudy {
    var r = random(index, .views)
    let u = r.uniform()
    let count = u < 0.46 ? 1 : u < 0.90 ? 2 : u < 0.98 ? 3 : 4
    let portable = r.chance(count == 1 ? 0.72 : 0.12)
    let frontal: SyntheticStudy.View = portable ? .ap : .pa
    var views = [frontal]
    if count > 1 { views.append(portable && r.chance(0.6) ? frontal : .lateral) }
    if count > 2 { views.append(r.chance(0.7) ? frontal : .lateral) }
    if count > 3 { views.append(.lateral) }
    // Files are sorted by names that say nothing, so the views come in any order.
    views = r.permutation(count).map { views[$0] }
    var drawn = random(index, .condition)
    let condition = ChestCondition(portable: portable, random: &drawn)
    var words = random(index, .report)
    let report = SyntheticReport(condition, views: views, random: &words)
    return SyntheticStudy(index: index, condition: condition, views: views, report: report)
  }

  private func exposure(
    _ study: SyntheticStudy, _ radiograph: Int
  ) -> (RadiographExposure, CounterRandom) {
    var r = random(study.index, .exposure, radiograph)
    let lateral = study.views[radiograph] == .lateral
    let bend = lateral ? 0 : study.condition.scoliosis.map { $0.sign * 0.05 } ?? 0
    let exposure = RadiographExposure(
      portable: study.condition.portable, penetration: study.condition.penetration,
      girth: study.condition.build.girth, bend: -bend,
      random: &r)
    return (exposure, r)
  }

  /// Where a radiograph shows which finding; nothing is rendered.
  public func boxes(of study: SyntheticStudy, radiograph: Int) -> [FindingBox] {
    let (exposure, _) = exposure(study, radiograph)
    let places =
      study.views[radiograph] == .lateral
      ? LateralThorax(study.condition).places : FrontalThorax(study.condition).places
    return places.compactMap { place in
      exposure.pixelBox(place.box).map { FindingBox(finding: place.finding, box: $0) }
    }
  }

  /// Renders one radiograph of a study.
  public func render(_ study: SyntheticStudy, radiograph: Int) -> SyntheticRadiograph {
    var texture = random(study.index, .texture, radiograph)
    // Vessels belong to the patient, so both frontal views show the same.
    var vessels = random(study.index, .texture, 1_000)
    let canvas = RadiographCanvas()
    canvas.noise(in: .texture, cells: [48, 18, 8], random: &texture)
    canvas.noise(in: .fine, cells: [6, 3], random: &texture)
    if study.views[radiograph] == .lateral {
      let thorax = LateralThorax(study.condition)
      thorax.drawBody(canvas)
      thorax.drawAir(canvas)
      thorax.drawMediastinum(canvas, random: &vessels)
      thorax.drawBones(canvas)
      thorax.drawFindings(canvas, random: &texture)
    } else {
      let thorax = FrontalThorax(study.condition)
      thorax.drawBody(canvas)
      thorax.drawAir(canvas)
      thorax.drawVessels(canvas, random: &vessels)
      thorax.drawMediastinum(canvas)
      thorax.drawBones(canvas)
      thorax.drawLungFindings(canvas, random: &texture)
      thorax.drawDevices(canvas, random: &texture)
    }
    var (exposure, noise) = exposure(study, radiograph)
    var pixels = exposure.expose(canvas, random: &noise)
    var letters = random(study.index, .marker, radiograph)
    FilmMarker(
      portable: study.condition.portable, lateral: study.views[radiograph] == .lateral,
      random: &letters
    ).burn(into: &pixels)
    return SyntheticRadiograph(pixels: pixels, boxes: boxes(of: study, radiograph: radiograph))
  }
}
