import Crypto
import Foundation

/// Counts what a ``PreparationReport`` says, study by study.
struct PreparationCount {
  private let source: any StudySource
  private let size: Int
  private var parts = StudySplit.allCases.map { PreparationReport.Part(split: $0.rawValue) }
  /// The number of each patient, and the splits it has studies in, one bit for each.
  private var patients: [ByteKey: Int] = [:]
  private var splitsOfPatient: [UInt8] = []
  private var studies = 0
  private var withoutImages = 0
  private var imagesFound = 0
  private var radiographs: [Int: Int] = [:]
  private var views: [String: Int] = [:]
  private var lengths: [Int] = []
  private var images = Repeats<ImageKey>()
  private var reports = Repeats<[UInt8]>()

  private struct ImageKey: Hashable {
    let first: UInt64
    let second: UInt64
  }

  init(source: any StudySource, size: Int) {
    self.source = source
    self.size = size
  }

  /// Counts a study; one without any usable image counts as left out.
  mutating func add(_ index: Int, report: String, words: Int, images own: ArraySlice<StoredImage>) {
    imagesFound += own.count
    let usable = own.count(where: \.isUsable)
    guard usable > 0 else {
      withoutImages += 1
      return
    }
    let study = source.study(index)
    let split = StudySplit.allCases.firstIndex(of: study.split) ?? 0
    let key = ByteKey(study.patient)
    let patient = patients[key] ?? splitsOfPatient.count
    if patient == splitsOfPatient.count {
      patients[key] = patient
      splitsOfPatient.append(0)
    }
    if splitsOfPatient[patient] & 1 << split == 0 {
      splitsOfPatient[patient] |= 1 << split
      parts[split].patients += 1
    }
    studies += 1
    parts[split].studies += 1
    parts[split].images += usable
    radiographs[usable, default: 0] += 1
    lengths.append(words)
    reports.add(Array(SHA256.hash(data: Array(report.utf8))), patient, split)
    for (image, radiograph) in zip(own, study.radiographs) where image.isUsable {
      views[Self.label(radiograph.view), default: 0] += 1
      images.add(ImageKey(first: image.hash.0, second: image.hash.1), patient, split)
    }
  }

  func report(bad: [StoreChunk.Bad]) -> PreparationReport {
    typealias Bar = PreparationReport.Bar
    func byCount(_ counts: [String: Int]) -> [Bar] {
      counts.sorted { $0.value == $1.value ? precedes($0.key, $1.key) : $0.value > $1.value }
        .map { Bar(name: $0.key.isEmpty ? "unknown" : $0.key, count: $0.value) }
    }
    let reasons = bad.reduce(into: [:]) { $0[$1.reason, default: 0] += 1 }
    let leftOut = source.leftOut.map { Bar(name: $0.reason, count: $0.count) }
    return PreparationReport(
      size: size, studiesFound: studies + withoutImages + leftOut.reduce(0) { $0 + $1.count },
      studies: studies,
      imagesFound: imagesFound, images: imagesFound - bad.count, patients: patients.count,
      parts: parts,
      studiesDropped: leftOut + [Bar(name: "no image that can be decoded", count: withoutImages)],
      imagesDropped: byCount(reasons),
      radiographsPerStudy: radiographs.sorted { $0.key < $1.key }
        .map { Bar(name: String($0.key), count: $0.value) },
      views: Self.shortened(byCount(views)), reportLengths: Self.histogram(lengths),
      lengths: lengths.sorted(),
      duplicateImages: images.counts, duplicateReports: reports.counts,
      patientsAcrossSplits: splitsOfPatient.count { $0.nonzeroBitCount > 1 })
  }

  /// A view as it can be shown: a table of anyone's may hold anything.
  private static func label(_ view: String) -> String {
    let words = view.components(
      separatedBy: .controlCharacters.union(.illegalCharacters).union(.whitespacesAndNewlines))
    let text = words.filter { !$0.isEmpty }.joined(separator: " ")
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(24)))
  }

  /// The first 20 bars, and all others as one.
  private static func shortened(_ bars: [PreparationReport.Bar]) -> [PreparationReport.Bar] {
    let others = bars.dropFirst(20).reduce(0) { $0 + $1.count }
    return bars.prefix(20) + (others > 0 ? [.init(name: "others", count: others)] : [])
  }

  /// Lengths in steps of 20, those of 200 and more together.
  private static func histogram(_ lengths: [Int]) -> [PreparationReport.Bar] {
    let (step, most) = (20, 10)
    var counts = Array(repeating: 0, count: most + 1)
    for length in lengths { counts[min(length / step, most)] += 1 }
    let last = counts.lastIndex { $0 > 0 } ?? 0
    return counts[...last].enumerated().map { bin, count in
      PreparationReport.Bar(
        name: bin == most ? "\(bin * step) or more" : "\(bin * step)-\(bin * step + step - 1)",
        count: count)
    }
  }
}

/// Finds what occurs again.
private struct Repeats<Key: Hashable> {
  private var first: [Key: (patient: Int, split: Int, isRepeated: Bool)] = [:]
  private(set) var counts = PreparationReport.Duplicates()

  mutating func add(_ key: Key, _ patient: Int, _ split: Int) {
    guard let earlier = first[key] else {
      first[key] = (patient, split, false)
      return
    }
    if !earlier.isRepeated {
      counts.groups += 1
      first[key]?.isRepeated = true
    }
    counts.repeats += 1
    counts.acrossPatients += earlier.patient == patient ? 0 : 1
    counts.acrossSplits += earlier.split == split ? 0 : 1
  }
}
