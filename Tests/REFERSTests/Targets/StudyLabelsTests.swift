import Diagnostics
import Foundation
import REFERS
import XCTest

final class StudyLabelsTests: XCTestCase {
  private func options(
    _ change: (inout Configuration.Target) -> Void = { _ in }
  ) -> Configuration.Target { targetOptions("", change) }

  private func write(
    _ set: SyntheticStudySet, to folder: DataFolder
  ) throws -> SyntheticStudySet {
    let writer = SyntheticStudyWriter(set, to: folder.path + "/set")
    try writer.write(workers: 2)
    try writer.finish()
    return set
  }

  func testRadiographsOfSyntheticStudies() throws {
    let folder = try DataFolder()
    let set = try write(SyntheticStudySet(train: 30, validate: 8, test: 4, seed: 5), to: folder)
    let source = try MIMICSource(directory: folder.path + "/set")
    let labels = try StudyLabels(path: folder.path + "/set", options: options())
    let flat = try LabeledSet(flattening: source, labels: labels)
    XCTAssertEqual(flat.classes, SyntheticLabels.names)
    XCTAssertEqual(flat.task, .multiLabel)
    XCTAssertEqual(flat.count, source.studies.reduce(0) { $0 + $1.radiographs.count })
    XCTAssertGreaterThan(flat.count, source.count)
    var next = 0
    var uncertain = 0
    for study in source.studies {
      let entry = try XCTUnwrap(set.entries.first { "\($0.study)" == study.identifier })
      let values = SyntheticLabels(set.studies.study(at: entry.index).condition).values
      for radiograph in study.radiographs {
        XCTAssertEqual(flat.studies[next].radiographs, [radiograph])
        XCTAssertEqual(flat.studies[next].split, study.split)
        XCTAssertEqual(flat.studies[next].patient, study.patient)
        for (label, value) in zip(flat.labels(of: next), values) {
          if value == -1 { uncertain += 1 }
          XCTAssertEqual(label.isNaN, value == -1, "uncertain labels are not known")
          if value != -1 {
            XCTAssertEqual(Double(label), value ?? 0, "what is not told is negative")
          }
        }
        next += 1
      }
    }
    XCTAssertGreaterThan(uncertain, 0)
    XCTAssertEqual(Set(flat.studies.map(\.identifier)).count, flat.count)
    let positive = try LabeledSet(
      flattening: source,
      labels: StudyLabels(path: folder.path + "/set", options: options { $0.uncertain = .positive })
    )
    XCTAssertFalse(positive.labels.contains { $0.isNaN })
  }

  func testATreeIsDividedByPatientWhereThatIsAsked() throws {
    let folder = try DataFolder()
    _ = try write(SyntheticStudySet(train: 40, validate: 6, test: 4, seed: 5), to: folder)
    func open(_ change: (inout Configuration.Target) -> Void) throws -> LabeledSet {
      try LabeledSet.open(targetOptions(folder.path + "/set", change), seed: 1)
    }
    let published = try open { _ in }
    let drawn = try open { $0.splits = .patient }
    let all = try LabeledSet.open(
      targetOptions(folder.path + "/set") { $0.splits = .all }, seed: 1, for: .testing)
    XCTAssertEqual(published.studies.map(\.identifier), drawn.studies.map(\.identifier))
    XCTAssertNotEqual(published.studies.map(\.split), drawn.studies.map(\.split))
    let parts = Dictionary(grouping: drawn.studies, by: \.patient)
    XCTAssertTrue(parts.values.allSatisfy { Set($0.map(\.split)).count == 1 })
    XCTAssertEqual(all.indices(of: [.test]).count, all.count)
    XCTAssertTrue(
      caught { _ = try open { $0.images = folder.path } }?.message.hasPrefix("--images") ?? false)
  }

  func testLabelsOfAManifest() throws {
    let folder = try DataFolder()
    let path = try folder.write(
      """
      study_id,images,report,edema,split
      a,1.png;2.png,all is well here,1,train
      b,3.png,all is well here,,train
      c,4.png,all is well here,0,val
      """, to: "studies.csv")
    let source = try ManifestSource(path: path)
    let flat = try LabeledSet(
      flattening: source, labels: StudyLabels(path: path, options: options { $0.columns = "edema" })
    )
    XCTAssertEqual(flat.studies.map(\.identifier), ["a/1", "a/2", "c/1"])
    XCTAssertEqual(flat.labels, [1, 1, 0])
    XCTAssertEqual(flat.studies.map(\.split), [.train, .train, .validate])
    XCTAssertTrue(flat.notices.contains("1 of 3 studies left out: no label is known"))
    let others = try folder.write("study_id,edema\nx,1\n", to: "others.csv")
    XCTAssertEqual(
      caught {
        _ = try LabeledSet(
          flattening: source, labels: StudyLabels(path: others, options: self.options()))
      }?.code, .input)
    let twice = try folder.write("study_id,edema\nx,1\nx,0\n", to: "twice.csv")
    XCTAssertTrue(
      caught { _ = try StudyLabels(path: twice, options: self.options()) }?
        .message.hasPrefix("Line 3 of the table of study labels") ?? false)
    XCTAssertEqual(
      caught { _ = try StudyLabels(path: folder.path, options: self.options()) }?.code, .file)
  }
}
