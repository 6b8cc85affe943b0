import Diagnostics
import Foundation

/// Labels of the COVID-19 Image Data Collection: `metadata.csv` as published, or a table that names
/// the columns `patient_id`, `image`, `view`, `finding` and, if it has one, `split`.
///
/// Radiographs alone are used: modality X-ray and view PA, AP, AP Supine or L. C-T1 is COVID-19
/// against all others, C-T2 viral against bacterial without all others (REFERS sec. 8.6).
enum COVIDLabels {
  private static let views: Set = ["PA", "AP", "AP Supine", "L"]

  static func read(_ path: String, _ options: Configuration.Target) throws -> LabelTable {
    let files = try TargetFiles(path, called: "metadata.csv", isTable: { $0 == "metadata.csv" })
    let reader = try CSVReader(path: files.table, name: "The table of the COVID-19 collection")
    let image = try reader.column("image") ?? reader.requiredColumn("filename")
    let patient = try reader.column("patient_id") ?? reader.requiredColumn("patientid")
    let finding = try reader.requiredColumn("finding")
    let view = try reader.requiredColumn("view")
    let (modality, folder) = (reader.column("modality"), reader.column("folder"))
    let split = options.splits == .patient ? nil : reader.column("split")
    let root = ImageRoot(options.images ?? files.folder)
    let task = options.task
    var table = LabelTable(
      name: task == .ct1 ? "covid-c-t1" : "covid-c-t2", classes: PublishedClasses.covid(task),
      rows: [])
    var (others, repeated) = (0, 0)
    var seen: [String: Float] = [:]
    while let row = try reader.next(padded: true) {
      guard views.contains(row[view].trimmed),
        modality.map({ row[$0].trimmed.lowercased() == "x-ray" }) ?? true
      else {
        others += 1
        continue
      }
      let name = row[image].trimmed
      guard !name.isEmpty,
        let file = Self.file(name, folder: folder.map { row[$0].trimmed } ?? "", root)
      else {
        throw reader.failure(
          "names no image, or one outside of the folder that images are in.",
          remedy: "Name that folder with --images.")
      }
      let label = COVIDFinding(row[finding]).label(task)
      if let earlier = seen.updateValue(label, forKey: file) {
        guard earlier == label || earlier.isNaN && label.isNaN else {
          throw reader.failure(
            "repeats an image with another finding.", remedy: "Keep the line that is right.")
        }
        repeated += 1
        continue
      }
      let part = split.map { row[$0].trimmed } ?? ""
      guard part.isEmpty || StudySplit(name: part) != nil else {
        throw reader.failure(
          "has a split of another name than train, val, validate, validation or test.",
          remedy: "Use one of these, or have patients divided with --splits patient.")
      }
      let patient = row[patient].trimmed
      table.rows.append(
        LabelTable.Row(
          identifier: name, patient: patient.isEmpty ? name : patient,
          radiograph: Radiograph(file: file, view: row[view].trimmed),
          split: StudySplit(name: part), place: "line \(reader.line) of the table",
          labels: [label]))
    }
    if others > 0 {
      table.notices.append(LabelTable.counted(others, "image", "left out: no radiograph"))
    }
    if repeated > 0 {
      table.notices.append(LabelTable.counted(repeated, "line", "left out: it repeats an image"))
    }
    return table
  }

  /// The first place where the image is, in its folder, beside the table or in `images`; the first
  /// of them where it is nowhere.
  private static func file(_ name: String, folder: String, _ root: ImageRoot) -> String? {
    let places = (folder.isEmpty ? [] : [folder + "/" + name]) + [name, "images/" + name]
    let paths = places.compactMap { root.path(of: $0) }
    guard paths.count == places.count else { return nil }
    return paths.first { access($0, F_OK) == 0 } ?? paths.first
  }
}
