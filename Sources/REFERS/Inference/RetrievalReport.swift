import Diagnostics
import Foundation

/// The figures of a ``StudyRetrieval`` as a person or a program reads them.
public struct RetrievalReport: Codable, Equatable, Sendable {
  public let studies: Int
  /// Reports that differ.
  public let reports: Int
  /// At 1, 5 and 10.
  public let studyToReport: [Double]
  public let reportToStudy: [Double]
  /// By class, where sentences and labels were given; nil for a class of one label value.
  public let zeroShotAUC: [String: Double?]?
  /// By class, the number of studies whose label is known, where labels were given.
  public let knownLabels: [String: Int]?
  /// Over the classes that have one.
  public let meanAUC: Double?

  /// - Parameter labels: studies x classes; NaN is not known.
  public init(_ retrieval: StudyRetrieval, labels: [Float]?) {
    studies = retrieval.recall.studies
    reports = retrieval.recall.reports
    studyToReport = retrieval.recall.studyToReport
    reportToStudy = retrieval.recall.reportToStudy
    let areas = labels.flatMap { labels in
      retrieval.zeroShot.map { (classes: $0.classes, areas: $0.areas(labels: labels)) }
    }
    zeroShotAUC = areas.map {
      Dictionary(uniqueKeysWithValues: zip($0.classes, $0.areas))
    }
    knownLabels = areas.map { areas in
      let rows = labels ?? []
      return Dictionary(
        uniqueKeysWithValues: areas.classes.enumerated().map { place, name in
          let own = stride(from: place, to: rows.count, by: areas.classes.count)
          return (name, own.count { !rows[$0].isNaN })
        })
    }
    meanAUC = areas.flatMap { ClassMean($0.areas).value }
  }

  public var table: String {
    let columns = RecallTable.depths.map { "recall at \($0)" }
    func row(_ name: String, _ fields: [String]) -> String {
      name.padding(toLength: 16, withPad: " ", startingAt: 0)
        + fields.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
    }
    func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
    var lines = [
      "\(studies) studies, \(reports) different reports", "", row("", columns),
      row("study to report", studyToReport.map(percent)),
      row("report to study", reportToStudy.map(percent)),
    ]
    if let zeroShotAUC {
      lines += ["", "AUC by sentences"]
      let width = zeroShotAUC.keys.map(\.count).max() ?? 0
      for (name, area) in zeroShotAUC.sorted(by: { precedes($0.key, $1.key) }) {
        let isKnown = knownLabels?[name] ?? 0 > 0
        let text =
          area.map { String(format: "%.3f", $0) }
          ?? (isKnown ? "labels have one value only" : "no label is known")
        lines.append(
          "  " + name + String(repeating: " ", count: width - name.count + 2) + text)
      }
      if let meanAUC { lines.append(String(format: "  mean %.3f", meanAUC)) }
    }
    return lines.joined(separator: "\n")
  }

  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      throw Failure(.library, "The figures cannot be written as JSON.", cause: error)
    }
  }
}
